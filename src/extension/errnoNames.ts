import * as codes from '../backend/host/codes';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(codes)
    .filter(([name]) => /^E[A-Z]+$/.test(name))
    .map(([name, value]) => [value, name]),
);

/** `-EINVAL` for -22; the number itself where Linux has no name that the driver uses. */
export const errnoName = (err: number): string => {
  const name = NAMES.get(-err);
  return name === undefined ? String(err) : `-${name}`;
};

/** The engine ends a refusal with the number that the kernel returned; people know it by name. */
export const withErrnoName = (message: string): string =>
  message.replace(/(?<= )-\d+$/, (err) => errnoName(Number(err)));
