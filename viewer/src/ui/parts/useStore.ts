/** Watches a store from a component. */
import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../../state/store';

export function useStore<S extends object>(store: Store<S>): S {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get());
    return store.subscribe(() => setState(store.get()));
  }, [store]);
  return state;
}
