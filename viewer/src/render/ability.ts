/** Whether this browser can draw original pixels; without WebGL 2 the server draws. Asked before the engine is loaded. */
export const canDraw = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;
