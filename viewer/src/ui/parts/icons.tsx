/** Line icons, drawn in the colour of the text beside them. */
import type { JSX } from 'preact';

const paths = {
  search: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13Zm4.8-1.7L20 20',
  back: 'M14.5 5 8 12l6.5 7M8.5 12H20',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  close: 'm6 6 12 12M18 6 6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-.8.8M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l.8-.8',
  upload: 'M12 16V5m-4.5 4L12 4.5 16.5 9M4.5 16v3.5h15V16',
  download: 'M12 4.5V15m-4.5-4L12 15.5 16.5 11M4.5 16v3.5h15V16',
  alert: 'M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.6v.01',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  invert: 'M12 4a8 8 0 1 0 0 16V4Zm0 0a8 8 0 0 1 0 16',
  reset: 'M5 12a7 7 0 1 0 2.3-5.2M5 4v4h4',
  text: 'M5 6h14M12 6v13M9 19h6',
  keys: 'M3.5 7h17v10h-17zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17 10.5h.01M8 14h8',
  play: 'M8 5v14l11-7L8 5Z',
  pause: 'M8 5v14M16 5v14',
  previous: 'm6 15 6-6 6 6',
  next: 'm6 9 6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  sharp: 'M12 3.5 14.3 9l5.9.5-4.5 3.8 1.4 5.7-5.1-3-5.1 3 1.4-5.7L3.8 9.5 9.7 9 12 3.5Z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 0c2.4 2.3 3.5 5.2 3.5 8.5s-1.1 6.2-3.5 8.5c-2.4-2.3-3.5-5.2-3.5-8.5S9.6 5.8 12 3.5ZM3.8 9.5h16.4M3.8 14.5h16.4',
  mail: 'M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5',
  eye: 'M2.5 12C4.5 8 8 5.8 12 5.8S19.5 8 21.5 12c-2 4-5.5 6.2-9.5 6.2S4.5 16 2.5 12Zm9.5-2.8a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z',
  bell: 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5l1.5-1.5ZM10 20.5h4',
  chevron: 'm9 6 6 6-6 6',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20c.8-3.6 3.7-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  again: 'M19 12a7 7 0 1 1-2.3-5.2M19 4v4h-4',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 3.5V12l3 2',
  file: 'M6 3.5h8l4 4V20.5H6zM14 3.5v4h4',
} as const;

export type IconName = keyof typeof paths;

/** An icon that somebody else drew, in the same square of 24. */
export const Drawn = ({ path, name = '' }: { path: string; name?: string }): JSX.Element => (
  <svg class={name === '' ? 'icon' : `icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={path} />
  </svg>
);

export const Icon = ({ name }: { name: IconName }): JSX.Element => <Drawn name={name} path={paths[name]} />;

/** The product's mark: a lit film on a dark case. */
export const Mark = (): JSX.Element => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect class="mark-case" x="2" y="2" width="28" height="28" rx="7" />
    <rect class="mark-film" x="8" y="7" width="16" height="18" rx="2.5" />
    <path class="mark-line" d="M12 21c0-5 1.6-9.5 4-9.5s4 4.5 4 9.5M12.5 17.5h7" />
  </svg>
);
