/** Drag up to come nearer, about the place where the drag began. */
import type { Tool } from './tool';

export const zoom: Tool = {
  id: 'zoom',
  key: 'z',
  cursor: 'zoom-in',
  begin: (viewport, from) => {
    let last = from;
    return (to) => {
      viewport.zoomBy(Math.exp((last.y - to.y) / 150), from);
      last = to;
    };
  },
};
