/** Starts the drawing library once, and only when a page needs it. */
import { cache, imageRetrievalPoolManager, init as initCore, RenderingEngine, Enums } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';

/** Half of what a phone browser grants a tab; decoded pictures beyond it are decoded again. */
const cacheBytes = 512 * 1024 * 1024;

/** HTTP/1.1 allows six requests to one host; one place is left for what the reader just asked for. */
const inFlight = { interaction: 6, prefetch: 5 };

let started: Promise<void> | null = null;
let current: RenderingEngine | null = null;
let made = 0;

/** The loader rejects its own inner promise besides the one it hands out; that failure is already told. */
function hushLoader(event: PromiseRejectionEvent): void {
  if (event.reason instanceof XMLHttpRequest) event.preventDefault();
}

async function start(): Promise<void> {
  addEventListener('unhandledrejection', hushLoader);
  // One viewport is open at a time, so one context is enough; a browser keeps few of them.
  initCore({ isMobile: matchMedia('(pointer: coarse)').matches, debug: { statsOverlay: false }, rendering: { webGlContextCount: 1 } });
  initLoader({
    // One part with its own length needs no boundary, so none can be found inside the pixels.
    beforeSend: () => Promise.resolve({ Accept: 'application/octet-stream; transfer-syntax=*' }),
  });
  cache.setMaxCacheSize(cacheBytes);
  imageRetrievalPoolManager.setMaxSimultaneousRequests(Enums.RequestType.Interaction, inFlight.interaction);
  imageRetrievalPoolManager.setMaxSimultaneousRequests(Enums.RequestType.Prefetch, inFlight.prefetch);
}

/** The one rendering engine of the page. One whose context was lost draws no more, so the next stack gets a new one. */
export async function engine(): Promise<RenderingEngine> {
  started ??= start();
  await started;
  if (current === null) {
    made += 1;
    current = new RenderingEngine(`lightcase-${made}`);
  }
  return current;
}

/** The browser took the context away: this engine is not handed out again. */
export function lost(engineOfStack: RenderingEngine): void {
  if (current === engineOfStack) current = null;
}
