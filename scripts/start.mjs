// npm start: from a fresh clone to VS Code with the extension in it.
// usage: npm start [-- --check]
//   --check   without a person: opens the workbench headless, saves screenshots, stops; exit 0 or non-zero
// CONFSPACE_CODE=/path/to/code   the desktop VS Code to use, when it is not `code` on PATH
// CONFSPACE_CODE=server          the VS Code server even where a desktop VS Code exists
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Confspace needs Node 20 or newer; this is ${process.version}.`);
  process.exit(1);
}

// Only now: what follows may use what Node 20 brings.
const { installPackages, stopAll, isStopping } = await import('./steps.mjs');
try {
  await installPackages();
  if (process.argv.includes('--check')) {
    const { check } = await import('./check.mjs');
    process.exitCode = await check();
  } else {
    const { openDesktop, findDesktop } = await import('./desktop.mjs');
    const desktop = findDesktop();
    if (desktop) await openDesktop(desktop);
    else await (await import('./serve.mjs')).serve();
  }
} catch (error) {
  // A step that Ctrl+C ended is not a failure to tell of.
  if (!isStopping()) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} finally {
  if (!isStopping()) await stopAll();
}
