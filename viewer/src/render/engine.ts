/** Starts the drawing library once, and only when a page needs it. */
import { cache, imageRetrievalPoolManager, init as initCore, RenderingEngine, Enums } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';

/** Half of what a phone browser grants a tab; decoded pictures beyond it are decoded again. */
const cacheBytes = 512 * 1024 * 1024;

/** HTTP/1.1 allows six requests to one host; one place is left for what the reader just asked for. */
const inFlight = { interaction: 6, prefetch: 5 };

let started: Promise<RenderingEngine> | null = null;

/** The loader rejects its own inner promise besides the one it hands out; that failure is already told. */
function hushLoader(event: PromiseRejectionEvent): void {
  if (event.reason instanceof XMLHttpRequest) event.preventDefault();
}

async function start(): Promise<RenderingEngine> {
  addEventListener('unhandledrejection', hushLoader);
  initCore({ isMobile: matchMedia('(pointer: coarse)').matches, debug: { statsOverlay: false } });
  initLoader({
    // One part with its own length needs no boundary, so none can be found inside the pixels.
    beforeSend: () => Promise.resolve({ Accept: 'application/octet-stream; transfer-syntax=*' }),
  });
  cache.setMaxCacheSize(cacheBytes);
  imageRetrievalPoolManager.setMaxSimultaneousRequests(Enums.RequestType.Interaction, inFlight.interaction);
  imageRetrievalPoolManager.setMaxSimultaneousRequests(Enums.RequestType.Prefetch, inFlight.prefetch);
  return new RenderingEngine('lightcase');
}

/** The one rendering engine of the page. */
export function engine(): Promise<RenderingEngine> {
  started ??= start();
  return started;
}
