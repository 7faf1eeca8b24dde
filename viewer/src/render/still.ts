/** One picture of the server, painted whole onto a canvas; what is to be blanked is black. */
import { whyNot, type Refused } from '../dicomweb/wado';
import type { Region, Size } from '../model/region';

/** Rejects with what the server says. */
export function fetchStill(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject: (why: Refused) => void) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => void whyNot(url).then(reject));
    image.src = url;
  });
}

/** The canvas gets the pixels of the picture; the page says how large it is shown. */
export function paintStill(canvas: HTMLCanvasElement, image: HTMLImageElement, size: Size, blanked: readonly Region[]): void {
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.drawImage(image, 0, 0);
  // The server may have sent it smaller than it is.
  const [across, down] = [image.naturalWidth / size.columns, image.naturalHeight / size.rows];
  context.fillStyle = '#000';
  for (const { x, y, width, height } of blanked) {
    const [left, top] = [Math.floor(x * across), Math.floor(y * down)];
    context.fillRect(left, top, Math.ceil((x + width) * across) - left, Math.ceil((y + height) * down) - top);
  }
}
