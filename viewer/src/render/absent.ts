/** Stands in for the parts of the drawing library that the viewer never calls, to keep them out of the bundle. */
const absent: Record<string, never> = {};
export default absent;
export const newInstance = undefined;
export const extend = undefined;
