/** Whether this browser can draw original pixels; without WebGL 2 the server draws. Asked before the engine is loaded. */

let able: boolean | null = null;

function probe(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  // A browser keeps few contexts and takes the oldest away for a new one: that could be the one that draws.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

/** Asks the browser once, whoever asks how often. */
export function canDraw(): boolean {
  able ??= probe();
  return able;
}
