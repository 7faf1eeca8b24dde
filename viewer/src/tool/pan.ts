/** The picture follows the hand. */
import type { Tool } from './tool';

export const pan: Tool = {
  id: 'pan',
  word: 'read.tool.pan',
  icon: 'M12 3v18M3 12h18M12 3 9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5',
  key: 'p',
  cursor: 'grab',
  begin: (viewport, from) => {
    let last = from;
    return (to) => {
      viewport.panBy(to.x - last.x, to.y - last.y);
      last = to;
    };
  },
};
