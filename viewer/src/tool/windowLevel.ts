/** Drag right to widen the window, down to raise its centre. */
import { draggedVoi } from '../model/voi';
import type { Tool } from './tool';

export const windowLevel: Tool = {
  id: 'windowLevel',
  word: 'read.tool.windowLevel',
  icon: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 0v16m0-13.5h5.5M12 10h7.4M12 13.5h7.5M12 17h6',
  key: 'w',
  cursor: 'crosshair',
  begin: (viewport, from) => {
    const start = viewport.voi;
    return (to) => viewport.setVoi(draggedVoi(start, to.x - from.x, to.y - from.y));
  },
};
