/** The picture follows the hand. */
import type { Tool } from './tool';

export const pan: Tool = {
  id: 'pan',
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
