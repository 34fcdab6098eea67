import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** The rooms of the engine in building order: a room may import itself and rooms to its left, never to its right. */
const ENGINE = ['spec', 'device', 'host', 'xen', 'pciback', 'guest', 'assembly'];
/** Rooms that are told things and ask nothing: anyone in the engine may import their vocabulary. */
const TOLD = ['verdict', 'journal'];

const engineZones = [
  ...ENGINE.map((room, i) => ({
    target: `./src/backend/${room}`,
    from: [...ENGINE.slice(i + 1), 'machine.ts', 'trial'].map((r) => `./src/backend/${r}`),
    message: `src/backend/${room} may import only the rooms before it: ${ENGINE.slice(0, i).join(', ') || 'none'}.`,
  })),
  ...TOLD.map((room) => ({
    target: `./src/backend/${room}`,
    from: [...ENGINE.filter((r) => r !== 'spec'), 'machine.ts', 'trial'].map((r) => `./src/backend/${r}`),
    message: `src/backend/${room} is told things; it asks nothing of the other rooms.`,
  })),
];

const zones = [
  ...engineZones,
  {
    target: './src/backend',
    from: ['./src/sources', './src/protocol', './src/extension', './webview'],
    message: 'The engine imports nothing outside src/backend.',
  },
  { target: './src/sources', from: ['./src/protocol', './src/extension', './webview'] },
  {
    target: './src/protocol',
    from: ['./src/sources', './src/extension', './webview', './src/backend'],
    message: 'The protocol stands alone, so that the webview bundle holds no engine.',
  },
  { target: './src/extension', from: ['./webview'] },
  {
    target: './webview',
    from: ['./src/backend', './src/sources', './src/extension'],
    message: 'The page has no engine logic: it talks through src/protocol.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.vscode-host/', 'node_modules/', 'shots/', '**/*.cjs'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,mjs}'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/backend/**/*.ts', 'webview/**/*.ts', 'src/protocol/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'vscode', 'fs', 'path'] }] },
  },
  {
    files: ['src/backend/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'setTimeout',
        'setInterval',
        'console',
        'performance',
        'process',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The engine is deterministic.' },
      ],
    },
  },
);
