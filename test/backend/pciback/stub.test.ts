// The stub beside its guests: virtual functions that lose their PF's driver, and the build without PV support.
import { describe, expect, it } from 'vitest';
import { addNic, addVf, connect, newHost, seizeAll, show } from './fixtures';

describe('virtual functions', () => {
  it('136: are released when their PF loses its driver, but for the one that a guest has', () => {
    const host = newHost();
    const pf = addNic(host);
    const vfs = ['0000:03:10.0', '0000:03:10.2', '0000:03:10.4'].map((at) => addVf(host, pf, at));
    seizeAll(host, vfs);
    const used = vfs[1];
    if (used === undefined) throw new Error('no VF');
    connect(host, [used]);
    host.driver.stub.physicalFunctionUnbound(pf);
    expect(host.driver.stub.seized.map((d) => d.dev.name)).toEqual(['0000:03:10.2']);
  });
});

describe('the stub-only build', () => {
  it('137: seizes and has its attributes, but names no topology and serves no guest', () => {
    const host = newHost({ pvSupport: false });
    const dev = addNic(host);
    const { observed } = host.observe(() => seizeAll(host, [dev]));
    expect(observed.log.map((l) => l.text)).toEqual(['pciback 0000:03:00.0: xen_pciback: seizing device']);
    expect(show(host, 'slots')).toBe('0000:03:00.0\n');
    expect(host.driver.probeBackend(1)).toBeUndefined();
  });
});
