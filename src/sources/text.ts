/**
 * The text of a file's bytes: UTF-8, or UTF-16 with a byte-order mark (what PowerShell's `>` writes). Bytes that are
 * no valid text become U+FFFD, so a log with binary pieces stays readable.
 */
export const decodeText = (bytes: Uint8Array): string => {
  const [b0, b1] = bytes;
  const label = b0 === 0xff && b1 === 0xfe ? 'utf-16le' : b0 === 0xfe && b1 === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(label).decode(bytes);
};
