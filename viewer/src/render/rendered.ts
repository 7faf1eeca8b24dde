/** A stack drawn by the server: JPEG pictures at once, without WebGL and without a decoder. */
import { renderedUrl, whyNot, type Root } from '../dicomweb/wado';
import type { StackSet } from '../model/displaySet';
import type { Voi } from '../model/voi';
import { fit, type Fitted } from './fit';
import type { Listener, Placement, Reading, Viewport } from './viewport';

export interface RenderedSource {
  readonly root: Root;
  readonly set: StackSet;
}

/** Larger pictures are asked for at this length of their longest side. */
const longestSide = 1536;
/** Decoded pictures kept, in pixels: 75 million are 300 MB. */
const keptPixels = 75_000_000;
const around = 6;
/** Pictures under way at once. */
const atOnce = 5;

export function openRendered(element: HTMLDivElement, { root, set }: RenderedSource, start: number, listener: Listener): Viewport {
  const canvas = document.createElement('canvas');
  canvas.className = 'pane-canvas';
  element.append(canvas);
  const count = set.pictures.length;
  const kept = new Map<number, HTMLImageElement>();
  const loaded = new Set<number>();
  const failed = new Set<number>();
  /** What the server refused for good, and why: it is asked again only when somebody wants that. */
  const refused = new Map<number, string>();
  let shown = -1;
  let wanted = Math.min(Math.max(0, start), count - 1);
  let zoom = 1;
  let pan = { x: 0, y: 0 };
  let voi: Voi | null = null;
  let inverted = false;
  let destroyed = false;

  const facts = (index: number) => set.pictures[index]?.facts;
  const ownVoi = (): Voi => facts(wanted)?.voi ?? { center: 128, width: 256 };

  const fitted = (index: number): Fitted => fit(facts(index), { width: element.clientWidth, height: element.clientHeight }, zoom, pan);
  const placement = (index: number): Placement => {
    const box = fitted(index);
    const step = { x: box.width / (facts(index)?.columns || 1), y: box.height / (facts(index)?.rows || 1) };
    return { origin: { x: box.x + step.x / 2, y: box.y + step.y / 2 }, step };
  };
  const reading = (): Reading => {
    const at = placement(shown);
    return { index: shown, voi: voi ?? ownVoi(), inverted, zoom: at.step.x, placement: at };
  };

  /** What is on the canvas is not what is wanted, and that failed: it does not come into view again. */
  const broken = (): boolean => shown !== wanted && failed.has(wanted);

  const paint = (): void => {
    const image = kept.get(shown);
    const context = canvas.getContext('2d');
    if (destroyed || broken() || image === undefined || context === null) return;
    const ratio = devicePixelRatio;
    const width = Math.round(element.clientWidth * ratio);
    const height = Math.round(element.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const box = fitted(shown);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, element.clientWidth, element.clientHeight);
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, box.x, box.y, box.width, box.height);
    if (inverted) {
      context.globalCompositeOperation = 'difference';
      context.fillStyle = '#fff';
      context.fillRect(box.x, box.y, box.width, box.height);
      context.globalCompositeOperation = 'source-over';
    }
    listener.drawn(reading());
  };
  let queued = 0;
  const repaint = (): void => {
    cancelAnimationFrame(queued);
    queued = requestAnimationFrame(paint);
  };

  const address = (index: number): string | null => {
    const picture = set.pictures[index];
    if (picture === undefined) return null;
    const { rows, columns } = picture.facts;
    const scale = Math.min(1, longestSide / Math.max(rows, columns, 1));
    const viewport = rows > 0 && columns > 0 ? { viewport: [Math.round(columns * scale), Math.round(rows * scale)] as const } : {};
    return renderedUrl(root, picture.facts, picture.frame, { ...viewport, ...(voi === null ? {} : { voi }) });
  };

  const forget = (): void => {
    let pixels = 0;
    for (const image of kept.values()) pixels += image.naturalWidth * image.naturalHeight;
    const farthest = [...kept.keys()].toSorted((a, b) => Math.abs(b - wanted) - Math.abs(a - wanted));
    for (const index of farthest) {
      if (pixels <= keptPixels || Math.abs(index - wanted) <= around) return;
      const image = kept.get(index);
      pixels -= image === undefined ? 0 : image.naturalWidth * image.naturalHeight;
      kept.delete(index);
    }
  };

  const asked = new Map<number, HTMLImageElement>();
  const ask = (index: number): void => {
    const url = address(index);
    if (destroyed || url === null || kept.has(index) || asked.has(index)) return;
    const image = new Image();
    asked.set(index, image);
    const settle = (): boolean => {
      if (destroyed || asked.get(index) !== image) return false;
      asked.delete(index);
      return true;
    };
    image.addEventListener('load', () => {
      if (!settle()) return;
      kept.set(index, image);
      loaded.add(index);
      failed.delete(index);
      forget();
      listener.progress(loaded.size, [...failed]);
      if (index === wanted) show();
      fill();
    });
    image.addEventListener('error', () => {
      if (!settle()) return;
      failed.add(index);
      listener.progress(loaded.size, [...failed]);
      if (index !== wanted && isDue()) ask(wanted);
      if (index !== wanted) return;
      void whyNot(url).then(({ why, final }) => {
        if (destroyed || !failed.has(index)) return;
        if (final) refused.set(index, why);
        if (index === wanted) listener.trouble({ index, kind: 'load', why, final });
      });
    });
    image.src = url;
  };
  /** The one in view is neither there nor known to fail. */
  const isDue = (): boolean => !kept.has(wanted) && !failed.has(wanted);
  /** Asks for the one in view when it is due, else for what is near, nearest first. */
  const fill = (): void => {
    if (isDue()) {
      ask(wanted);
      return;
    }
    // One place is left for whatever comes into view.
    for (let distance = 1; distance <= around; distance += 1) {
      for (const index of [wanted + distance, wanted - distance]) if (asked.size < atOnce - 1 && !failed.has(index)) ask(index);
    }
  };
  const show = (): void => {
    const why = refused.get(wanted);
    if (why !== undefined) {
      listener.trouble({ index: wanted, kind: 'load', why, final: true });
      fill();
      return;
    }
    if (!kept.has(wanted)) {
      // Of all that a hand passes over, few are asked for: the one it stops at would come after them.
      if (asked.size < atOnce || failed.has(wanted)) ask(wanted);
      return;
    }
    shown = wanted;
    repaint();
    fill();
  };

  let later: ReturnType<typeof setTimeout> | undefined;
  const drawAgain = (): void => {
    clearTimeout(later);
    // While a hand is still dragging, every picture asked for would be out of date on arrival.
    later = setTimeout(() => {
      asked.clear();
      kept.clear();
      if (!refused.has(wanted)) ask(wanted);
    }, 120);
  };

  const observer = new ResizeObserver(repaint);
  observer.observe(element);
  show();

  return {
    count,
    get index() {
      return wanted;
    },
    get voi() {
      return voi ?? ownVoi();
    },
    get inverted() {
      return inverted;
    },
    scrollTo: (index) => {
      const next = Math.min(Math.max(0, index), count - 1);
      // A key held at the end of the series is not a wish to try again.
      if (next === wanted && failed.has(next)) return;
      wanted = next;
      show();
    },
    retry: () => {
      refused.delete(wanted);
      show();
    },
    setVoi: (next) => {
      voi = next;
      if (shown >= 0 && !broken()) listener.drawn(reading());
      drawAgain();
    },
    setInverted: (next) => {
      inverted = next;
      repaint();
    },
    panBy: (dx, dy) => {
      pan = { x: pan.x + dx, y: pan.y + dy };
      repaint();
    },
    zoomBy: (factor, about) => {
      const next = Math.min(12, Math.max(1, zoom * factor));
      const center = { x: element.clientWidth / 2, y: element.clientHeight / 2 };
      const real = next / zoom;
      pan = next === 1 ? { x: 0, y: 0 } : { x: (about.x - center.x) * (1 - real) + pan.x * real, y: (about.y - center.y) * (1 - real) + pan.y * real };
      zoom = next;
      repaint();
    },
    reset: () => {
      zoom = 1;
      pan = { x: 0, y: 0 };
      inverted = false;
      if (voi !== null) {
        voi = null;
        drawAgain();
      }
      repaint();
    },
    destroy: () => {
      destroyed = true;
      clearTimeout(later);
      cancelAnimationFrame(queued);
      observer.disconnect();
      canvas.remove();
    },
  };
}
