/** The tools there are, in the order of their buttons. */
import { pan } from './pan';
import { scroll } from './scroll';
import type { Tool } from './tool';
import { windowLevel } from './windowLevel';
import { zoom } from './zoom';

export const tools: readonly Tool[] = [windowLevel, pan, zoom, scroll];

export const firstTool: Tool = windowLevel;
export { scroll };
export type { Tool } from './tool';
