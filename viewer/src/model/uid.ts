/** Identifiers as DICOM spells them, told apart by type so that a series can never be passed for a study. */
declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

export type StudyUid = Branded<'study'>;
export type SeriesUid = Branded<'series'>;
export type SopUid = Branded<'sop'>;

/** PS3.5 section 9.1: digits and dots, at most 64 characters. */
const shape = /^[0-9]+(\.[0-9]+)*$/;

const isUid = (text: string): boolean => text.length <= 64 && shape.test(text);

export const parseStudyUid = (text: string): StudyUid | null => (isUid(text) ? (text as StudyUid) : null);
export const parseSeriesUid = (text: string): SeriesUid | null => (isUid(text) ? (text as SeriesUid) : null);
export const parseSopUid = (text: string): SopUid | null => (isUid(text) ? (text as SopUid) : null);
