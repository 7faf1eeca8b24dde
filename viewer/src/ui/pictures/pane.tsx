/** One viewport on the page: opens it, hands it the pointers, and marks what is drawn on its element. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Metadata, Root } from '../../dicomweb/wado';
import type { StackSet } from '../../model/displaySet';
import type { Voi } from '../../model/voi';
import { openRendered } from '../../render/rendered';
import type { Listener, Reading, Trouble, Viewport } from '../../render/viewport';
import type { Tool } from '../../tool';
import { attach } from '../../tool/attach';

export type DrawnBy = StackSet['drawnBy'];

export interface PaneProps {
  readonly root: Root;
  readonly set: StackSet;
  readonly metadata: Metadata;
  readonly by: DrawnBy;
  readonly start: number;
  readonly tool: Tool;
  readonly label: string;
  readonly opened: (viewport: Viewport | null) => void;
  readonly drawn: (reading: Reading) => void;
  readonly progress: (loaded: number, failed: readonly number[]) => void;
  readonly trouble: (trouble: Trouble | null) => void;
}

/** The marks tests and style sheets wait for: they change only once the pixels are on the canvas. */
function mark(element: HTMLElement, reading: Reading): void {
  const { dataset } = element;
  dataset['state'] = 'drawn';
  dataset['slice'] = String(reading.index + 1);
  dataset['voi'] = `${reading.voi.center},${reading.voi.width}`;
  if (reading.placement === null) return;
  const { origin, step } = reading.placement;
  dataset['origin'] = `${origin.x},${origin.y}`;
  dataset['step'] = `${step.x},${step.y}`;
}

async function open(element: HTMLDivElement, props: PaneProps, listener: Listener): Promise<Viewport> {
  if (props.by === 'server') return openRendered(element, props, props.start, listener);
  // The engine is large; a page that shows the server's pictures never loads it.
  const { openStack } = await import('../../render/stack');
  return openStack(element, props, props.start, listener);
}

export function Pane(props: PaneProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  // Before the next paint, so that no mark of the picture before outlives it.
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    let gone = false;
    let undo = (): void => undefined;
    box.dataset['state'] = 'loading';
    box.dataset['by'] = props.by;
    delete box.dataset['slice'];
    const listener: Listener = {
      drawn: (reading) => {
        if (gone) return;
        mark(box, reading);
        latest.current.drawn(reading);
        latest.current.trouble(null);
      },
      progress: (loaded, failed) => !gone && latest.current.progress(loaded, failed),
      trouble: (trouble) => {
        if (gone) return;
        box.dataset['state'] = 'failed';
        latest.current.trouble(trouble);
      },
    };
    open(box, latest.current, listener).then(
      (viewport) => {
        if (gone) {
          viewport.destroy();
          return;
        }
        const detach = attach(box, viewport, () => latest.current.tool);
        // A window that no preset and no hand gives exactly: how tests ask for one.
        const setVoi = (event: Event): void => viewport.setVoi((event as CustomEvent<Voi>).detail);
        box.addEventListener('setvoi', setVoi);
        latest.current.opened(viewport);
        undo = () => {
          box.removeEventListener('setvoi', setVoi);
          detach();
          viewport.destroy();
        };
      },
      () => listener.trouble({ index: latest.current.start, kind: 'serverOnly' }),
    );
    return () => {
      gone = true;
      undo();
      latest.current.opened(null);
    };
  }, [props.set.id, props.by, props.root]);

  return <div ref={element} class="pane" style={{ cursor: props.tool.cursor }} data-pane tabIndex={0} role="img" aria-label={props.label} />;
}
