/** Drag up to come nearer, about the place where the drag began. */
import type { Tool } from './tool';

export const zoom: Tool = {
  id: 'zoom',
  word: 'read.tool.zoom',
  icon: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13Zm4.8-1.7L20 20M10.5 8v5M8 10.5h5',
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
