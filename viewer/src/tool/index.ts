/** The tools there are, in the order of their buttons. */
import { pan } from './pan';
import { scroll } from './scroll';
import type { Tool, ToolId } from './tool';
import { windowLevel } from './windowLevel';
import { zoom } from './zoom';

export const tools: readonly Tool[] = [windowLevel, pan, zoom, scroll];

export const toolOf = (id: ToolId): Tool => tools.find((tool) => tool.id === id) ?? windowLevel;
export type { Tool, ToolId } from './tool';
