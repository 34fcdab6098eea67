import { describe, expect, it } from 'vitest';
import { headlineOf, textsOf, tokensOf } from '../../webview/fields/decodedText';

const lines = [
  { label: 'Capabilities', text: '[70] MSI-X: Enable+ Count=10 Masked-', registers: ['FLAGS'] },
  { label: 'Vector table', text: 'BAR=3 offset=00000000', registers: ['TABLE'] },
  { label: 'DevCtl', text: 'CorrErr-', registers: ['DEVCTL'] },
  { label: '', text: 'MaxPayload 128 bytes', registers: ['DEVCTL'] },
  { label: 'Interrupt', text: 'pin A routed to IRQ 10', registers: ['INTERRUPT_LINE', 'INTERRUPT_PIN'] },
];

describe('decoded lines beside their registers', () => {
  it('stand under the first register that they come from, continuations in order, headlines not', () => {
    expect(textsOf(lines, 'DEVCTL')).toEqual(['CorrErr-', 'MaxPayload 128 bytes']);
    expect(textsOf(lines, 'FLAGS')).toEqual([]);
    expect(textsOf(lines, 'INTERRUPT_LINE')).toEqual(['pin A routed to IRQ 10']);
    expect(textsOf(lines, 'INTERRUPT_PIN')).toEqual([]);
  });

  it('name the structure without its offset', () => {
    expect(headlineOf(lines)).toBe('MSI-X: Enable+ Count=10 Masked-');
    expect(headlineOf([])).toBeUndefined();
  });

  it('mark the words that the other side has otherwise', () => {
    const differing = (text: string, other?: string) =>
      tokensOf(text, other).flatMap((token) => (token.differs ? [token.text] : []));
    expect(differing('I/O+ Mem+ BusMaster-', 'I/O+ Mem- BusMaster-')).toEqual(['Mem+']);
    expect(differing('D0 NoSoftRst-', 'D0 NoSoftRst-')).toEqual([]);
    expect(differing('D0 NoSoftRst-')).toEqual([]);
    expect(differing('one two', 'one')).toEqual(['one', 'two']);
  });
});
