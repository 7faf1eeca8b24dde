/** Drag down to go deeper. The whole height is at most the whole series, and a step is never under three pixels. */
import type { Tool } from './tool';

export const scroll: Tool = {
  id: 'scroll',
  word: 'read.tool.scroll',
  icon: 'M5 4h14v4H5zM5 10h14v4H5zM5 16h14v4H5z',
  key: 's',
  cursor: 'ns-resize',
  begin: (viewport, from, size) => {
    const start = viewport.index;
    const step = Math.min(24, Math.max(3, size.y / viewport.count));
    return (to) => viewport.scrollTo(start + Math.round((to.y - from.y) / step));
  },
};
