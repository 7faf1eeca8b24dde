/** Share links: `/s#v1.<share>.<secret>`, later `/s/<handle>/`. The secret never leaves the fragment but in one POST body. */

export interface ShareLink {
  readonly share: string;
  readonly secret: string;
}

export function parseShareLink(fragment: string): ShareLink | null {
  const match = /^#?v1\.([A-Za-z0-9_-]{8,64})\.([A-Za-z0-9_-]{16,128})$/.exec(fragment);
  const [, share, secret] = match ?? [];
  return share === undefined || secret === undefined ? null : { share, secret };
}

/** The address that a link is opened at. */
export const addressOf = ({ share, secret }: ShareLink): string => `/s#v1.${share}.${secret}`;

/** The handle in `/s/<handle>/`, or null on `/s` itself. */
export function parseHandle(path: string): string | null {
  return /^\/s\/([A-Za-z0-9_-]{8,64})\/?$/.exec(path)?.[1] ?? null;
}
