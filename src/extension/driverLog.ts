import type * as vscode from 'vscode';
import { formatBdf } from '../backend/spec/bdf';
import { hex } from '../backend/spec/uint';
import type { ConfigOp, LogLine, Observations } from '../backend/view';

/** Highest kernel levels that are errors and warnings (KERN_ERR, KERN_WARNING). */
const KERN_ERR = 3;
const KERN_WARNING = 4;
const KERN_INFO = 6;

const writeLine = (log: vscode.LogOutputChannel, line: LogLine): void => {
  if (line.level <= KERN_ERR) log.error(line.text);
  else if (line.level === KERN_WARNING) log.warn(line.text);
  else if (line.level <= KERN_INFO) log.info(line.text);
  else log.debug(line.text);
};

/** Writes what an action caused: kernel messages at their level, bus and xenstore writes at trace. */
export const logObserved = (log: vscode.LogOutputChannel, observed: Observations): void => {
  for (const line of observed.log) writeLine(log, line);
  for (const write of observed.writes)
    log.trace(
      `${formatBdf(write.bdf)} write ${hex(write.offset, 3)}.${write.width} = ${hex(write.value, 2 * write.width)}`,
    );
  for (const [path, value] of observed.xenstore) log.trace(`xenstore ${path} = ${value}`);
};

/** Writes a guest's operation at trace, and what the driver said about it at its own level. */
export const logConfigOp = (log: vscode.LogOutputChannel, op: ConfigOp): void => {
  const value = hex(op.op === 'conf_write' ? op.sent : op.value, 8);
  log.trace(
    `guest ${op.domid} ${op.op} ${formatBdf(op.guest)} offset 0x${hex(op.offset, 2)} size ${op.size} ` +
      `value 0x${value}: ${op.errName}`,
  );
  logObserved(log, op.observed);
};
