/** The only fetch. Every answer is either a value or a `Problem` (RFC 9457) with a sentence for the reader. */

interface ProblemBody {
  readonly title?: string;
  readonly detail?: string;
  readonly reason?: string;
  readonly request?: string;
}

export class Problem extends Error {
  readonly status: number;
  /** The sentence the server wrote: what is wrong and what to do. Empty when it wrote none. */
  readonly detail: string;
  readonly reason: string;
  readonly request: string;
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody, retryAfter: number | null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.detail = body.detail ?? body.title ?? '';
    this.reason = body.reason ?? '';
    this.request = body.request ?? '';
    this.retryAfter = retryAfter;
  }
}

/** The server could not be reached, or what came back was not HTTP. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('unreachable', { cause });
    this.name = 'Unreachable';
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

interface Options {
  readonly json?: unknown;
  readonly body?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

async function problemOf(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => null);
  const known = typeof body === 'object' && body !== null ? (body as ProblemBody) : {};
  return new Problem(response.status, known, Number.isFinite(seconds) ? seconds : null);
}

export async function send(method: Method, url: string, options: Options = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (method !== 'GET') headers.set('X-Lightcase', '1');
  if (options.json !== undefined) headers.set('Content-Type', 'application/json');
  if (!headers.has('Accept')) headers.set('Accept', 'application/json');
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    throw new Unreachable(error);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Sends, and reads the answer as JSON of the shape the caller names; an empty answer is undefined. */
export async function ask<T>(method: Method, url: string, options: Options = {}): Promise<T> {
  const response = await send(method, url, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** `?a=1&b=2` without the parts that are empty. */
export function query(parts: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}
