/** A stack drawn by the browser itself: original pixels, any window, over WebGL. */
import { Enums, eventTarget, getShouldUseCPURendering, type Types } from '@cornerstonejs/core';
import type { Metadata, Root } from '../dicomweb/wado';
import { isServerOnly } from '../display/stack';
import type { StackSet } from '../model/displaySet';
import { voiFromRange, voiRange, type Voi } from '../model/voi';
import { engine, lost } from './engine';
import { nameFrames } from './metadata';
import { prefetch } from './prefetch';
import type { Listener, Placement, Reading, Viewport } from './viewport';

let made = 0;

export interface StackSource {
  readonly root: Root;
  readonly set: StackSet;
  readonly metadata: Metadata;
}

function placementOf(stack: Types.IStackViewport): Placement | null {
  const image = stack.getImageData()?.imageData;
  const toWorld = image?.indexToWorld?.bind(image);
  if (toWorld === undefined) return null;
  const at = (i: number, j: number): Types.Point2 => stack.worldToCanvas(toWorld([i, j, 0]) as Types.Point3);
  const origin = at(0, 0);
  return { origin: { x: origin[0], y: origin[1] }, step: { x: at(1, 0)[0] - origin[0], y: at(0, 1)[1] - origin[1] } };
}

/** Draws into `place` until `destroy`. The first picture shown is `start`. */
export async function openStack(place: HTMLDivElement, source: StackSource, start: number, listener: Listener): Promise<Viewport> {
  // A box of its own: the library leaves its canvas behind, over whatever is drawn next in the same place.
  const element = document.createElement('div');
  element.className = 'pane-box';
  place.append(element);
  const rendering = await engine();
  made += 1;
  const viewportId = `stack-${made}`;
  rendering.enableElement({ viewportId, element, type: Enums.ViewportType.STACK, defaultOptions: { background: [0, 0, 0] } });
  const stack = rendering.getViewport(viewportId) as Types.IStackViewport;
  const ids = nameFrames(source.root, source.set.pictures, source.metadata);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const rest = prefetch(ids, listener.progress);
  let wanted = Math.min(Math.max(0, start), ids.length - 1);
  /** The picture in view, when it is one that failed. */
  let broken: number | null = null;
  let drawnOnce = false;
  let destroyed = false;
  let taken = false;
  let chosen: Voi | null = null;

  const voi = (): Voi => {
    const range = stack.getProperties().voiRange ?? null;
    return range === null ? (source.set.pictures[wanted]?.facts.voi ?? { center: 0, width: 1 }) : voiFromRange(range.lower, range.upper);
  };
  const inverted = (): boolean => stack.getProperties().invert ?? false;
  const reading = (): Reading => {
    const placement = placementOf(stack);
    return { index: indexOf.get(stack.getCornerstoneImage().imageId) ?? wanted, voi: voi(), inverted: inverted(), zoom: placement === null ? 1 : Math.abs(placement.step.x), placement };
  };

  const fail = (index: number): void => {
    if (destroyed || index !== wanted) return;
    broken = index;
    // Where not even the first picture can be drawn here, the server draws it, or knows why it cannot.
    listener.trouble(drawnOnce ? { index, kind: 'load', why: '', final: false } : { index, kind: 'serverOnly' });
  };
  // Where the loader throws while it turns what was decoded into a picture, its promise never settles: the page would wait for ever.
  let gaveUp = false;
  let giveUp = (): void => undefined;
  const thrown = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  // Browsers take contexts away: for other pages, in the background, after a fault of the driver. From then on the library
  // copies nothing, or an older picture, and tells of it as of any other; the server draws instead.
  const contextGone = (): boolean => {
    if (getShouldUseCPURendering()) return false;
    const context = rendering.getOffscreenMultiRenderWindow(viewportId).getOpenGLRenderWindow().get3DContext() as WebGL2RenderingContext | null;
    return context === null || context.isContextLost();
  };
  const onContextLost = (): void => {
    if (destroyed || taken) return;
    taken = true;
    lost(rendering);
    listener.trouble({ index: wanted, kind: 'serverOnly' });
    giveUp();
  };
  // The library keeps the last good picture on the canvas under the failed one's index: that is not "drawn".
  const onRendered = (): void => {
    if (destroyed || taken || broken !== null || stack.getCornerstoneImage() === undefined) return;
    // The browser tells of the loss later than it happens.
    if (contextGone()) {
      onContextLost();
      return;
    }
    // Null, whatever the types say, where the colours could not be made out: what stands there is black.
    if ((stack.getProperties().voiRange ?? null) === null && source.set.pictures[wanted]?.facts.samplesPerPixel === 3) {
      listener.trouble({ index: wanted, kind: 'serverOnly' });
      return;
    }
    drawnOnce = true;
    listener.drawn(reading());
  };
  const onNewImage = (event: Event): void => {
    const { imageIdIndex, image } = (event as CustomEvent<{ imageIdIndex: number; image: { transferSyntaxUID?: string } }>).detail;
    rest.loaded(imageIdIndex);
    if (image.transferSyntaxUID !== undefined && isServerOnly(image.transferSyntaxUID)) listener.trouble({ index: imageIdIndex, kind: 'serverOnly' });
  };
  const onError = (event: Event): void => {
    const { imageId } = (event as CustomEvent<{ imageId?: string }>).detail;
    const index = imageId === undefined ? undefined : indexOf.get(imageId);
    if (index === undefined) return;
    rest.failed(index);
    fail(index);
  };
  const onThrown = (event: PromiseRejectionEvent): void => {
    if (!(event.reason instanceof Error)) return;
    event.preventDefault();
    listener.trouble({ index: wanted, kind: 'serverOnly' });
    gaveUp = true;
    giveUp();
  };
  addEventListener('unhandledrejection', onThrown);
  element.addEventListener(Enums.Events.IMAGE_RENDERED, onRendered);
  element.addEventListener(Enums.Events.STACK_NEW_IMAGE, onNewImage);
  eventTarget.addEventListener(Enums.Events.IMAGE_LOAD_ERROR, onError);
  const onLossTold = (event: Event): void => {
    if ((event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId === rendering.id) onContextLost();
  };
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, onLossTold);

  // The library does not watch its element; a line more in the header would stretch the picture and shift the mouse.
  let queued = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(queued);
    queued = requestAnimationFrame(() => !destroyed && rendering.resize(true, true));
  });
  observer.observe(element);

  const show = async (index: number): Promise<void> => {
    broken = null;
    await stack.setImageIdIndex(index).catch(() => fail(index));
    rest.moved(index);
  };
  // While a picture is on its way only the last wish counts, so a fast wheel does not queue what nobody waits for.
  let moving = false;
  const follow = async (): Promise<void> => {
    if (moving) return;
    moving = true;
    for (let index = wanted; !destroyed; index = wanted) {
      await show(index);
      if (index === wanted) break;
    }
    moving = false;
  };

  const destroy = (): void => {
    destroyed = true;
    rest.stop();
    observer.disconnect();
    cancelAnimationFrame(queued);
    removeEventListener('unhandledrejection', onThrown);
    element.removeEventListener(Enums.Events.IMAGE_RENDERED, onRendered);
    element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, onNewImage);
    eventTarget.removeEventListener(Enums.Events.IMAGE_LOAD_ERROR, onError);
    eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, onLossTold);
    rendering.disableElement(viewportId);
    element.remove();
  };

  await Promise.race([stack.setStack([...ids], wanted).catch(() => fail(wanted)), thrown]);
  if (gaveUp || taken) {
    destroy();
    throw new Error('the browser cannot draw this stack');
  }
  rest.moved(wanted);
  const own = source.set.pictures[wanted]?.facts.voi;
  if (own) stack.setProperties({ voiRange: voiRange(own) });
  stack.render();

  return {
    count: ids.length,
    get index() {
      return wanted;
    },
    get voi() {
      return chosen ?? voi();
    },
    get inverted() {
      return inverted();
    },
    scrollTo: (index) => {
      const next = Math.min(Math.max(0, index), ids.length - 1);
      // A key held at the end of the series is not a wish to try again.
      if (next === broken) return;
      wanted = next;
      void follow();
    },
    retry: () => void follow(),
    setVoi: (next) => {
      chosen = next;
      stack.setProperties({ voiRange: voiRange(next), VOILUTFunction: Enums.VOILUTFunctionType.LINEAR });
      stack.render();
    },
    setInverted: (next) => {
      stack.setProperties({ invert: next });
      stack.render();
    },
    panBy: (dx, dy) => {
      const [x, y] = stack.getPan();
      stack.setPan([x + dx, y + dy]);
      stack.render();
    },
    zoomBy: (factor, about) => {
      const before = stack.canvasToWorld([about.x, about.y]);
      stack.setZoom(Math.min(40, Math.max(0.1, stack.getZoom() * factor)));
      const [x, y] = stack.worldToCanvas(before);
      const [panX, panY] = stack.getPan();
      stack.setPan([panX + about.x - x, panY + about.y - y]);
      stack.render();
    },
    reset: () => {
      stack.resetProperties();
      stack.resetCamera();
      chosen = null;
      const voiOfPicture = source.set.pictures[wanted]?.facts.voi;
      if (voiOfPicture) stack.setProperties({ voiRange: voiRange(voiOfPicture) });
      stack.render();
    },
    destroy,
  };
}
