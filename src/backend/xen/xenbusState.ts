/** Xenbus device states (enum xenbus_state), stored in key `state` as decimal. */
export const XenbusState = {
  Unknown: 0,
  Initialising: 1,
  InitWait: 2,
  Initialised: 3,
  Connected: 4,
  Closing: 5,
  Closed: 6,
  Reconfiguring: 7,
  Reconfigured: 8,
} as const;
export type XenbusState = (typeof XenbusState)[keyof typeof XenbusState];

const NAMES = Object.keys(XenbusState);

export const xenbusStateName = (state: number): string => NAMES[state] ?? `state ${state}`;
