/** What the server says in its own words, which are English: read out as English on a page of another language. */
import type { JSX } from 'preact';
import { asSentence } from './words';

export const Said = ({ text }: { text: string }): JSX.Element => <span lang="en">{asSentence(text)}</span>;
