/** Kernel message levels that the simulator emits. */
export const KERN_ERR = 3;
export const KERN_WARNING = 4;
export const KERN_INFO = 6;

export type LogListener = (level: number, text: string) => void;

/** The kernel's message buffer, as far as somebody listens. Text has its prefix and no trailing newline. */
export class KernelLog {
  listener: LogListener | null = null;
  print(level: number, text: string): void {
    if (this.listener !== null) this.listener(level, text);
  }
}
