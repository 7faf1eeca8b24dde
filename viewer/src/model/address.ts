/** Mail addresses, as far as a slip of the finger can be seen. The server has the last word. */

export const isAddress = (text: string): boolean => /^[^\s@<>(),:;"[\]\\]+@[^\s@.<>(),:;"[\]\\]+(\.[^\s@.<>(),:;"[\]\\]+)+$/.test(text);
