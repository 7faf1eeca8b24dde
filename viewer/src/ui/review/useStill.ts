/** The picture at an address: null until it is here, so that what is shown is always what the page says it is. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Refused } from '../../dicomweb/wado';
import { fetchStill } from '../../render/still';

interface Fetched {
  readonly url: string;
  readonly image: HTMLImageElement | null;
  readonly refused: Refused | null;
}

/** `next` are likely to be wanted next: they are fetched once the picture is here, and nothing else is kept. */
export function useStill(url: string, next: readonly string[]): { readonly still: HTMLImageElement | null; readonly refused: Refused | null; readonly retry: () => void } {
  const [fetched, setFetched] = useState<Fetched | null>(null);
  const [tries, setTries] = useState(0);
  const kept = useRef(new Map<string, Promise<HTMLImageElement>>());
  const wanted = useRef(next);
  wanted.current = next;
  // Before the next paint, so that a picture that is kept is in view at once.
  useLayoutEffect(() => {
    let gone = false;
    const ask = (one: string): Promise<HTMLImageElement> => {
      const asked = kept.current.get(one) ?? fetchStill(one);
      kept.current.set(one, asked);
      asked.catch(() => kept.current.delete(one));
      return asked;
    };
    for (const one of kept.current.keys()) if (one !== url && !wanted.current.includes(one)) kept.current.delete(one);
    ask(url).then(
      (image) => {
        if (gone) return;
        setFetched({ url, image, refused: null });
        for (const one of wanted.current) ask(one).catch(() => undefined);
      },
      (refused: Refused) => {
        if (!gone) setFetched({ url, image: null, refused });
      },
    );
    return () => {
      gone = true;
    };
  }, [url, tries]);
  const current = fetched?.url === url ? fetched : null;
  const retry = (): void => {
    setFetched(null);
    setTries(tries + 1);
  };
  return { still: current?.image ?? null, refused: current?.refused ?? null, retry };
}
