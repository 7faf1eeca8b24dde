/** Drag right to widen the window, down to raise its centre. */
import { draggedVoi } from '../model/voi';
import type { Tool } from './tool';

export const windowLevel: Tool = {
  id: 'windowLevel',
  key: 'w',
  cursor: 'crosshair',
  begin: (viewport, from) => {
    const start = viewport.voi;
    return (to) => viewport.setVoi(draggedVoi(start, to.x - from.x, to.y - from.y));
  },
};
