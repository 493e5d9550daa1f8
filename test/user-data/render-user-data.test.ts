import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { bootstrapScript } from '../../src/adapters/system/bootstrap-script.ts';
import { renderUserData, userDataLimitBytes } from '../../src/user-data/render-user-data.ts';
import type { UserDataInput } from '../../src/user-data/user-data-exports.ts';
import { exampleInput, withCustomizer } from './user-data-example.ts';

const NAMES = [
  'REGISTRATION_TOKEN',
  'BOT_ID',
  'CONTROL_PLANE_URL',
  ...['REPO_URL', 'REF', 'WORKSPACE_DIR', 'AGENT_NAME', 'OWNER_NAME'].map((name) => `CUSTOMIZER_${name}`),
  ...['QMD', 'CRON', 'GIT', 'HEARTBEAT'].map((name) => `CUSTOMIZER_SKIP_${name}`),
  ...['NODE_MAJOR', 'INSTALL_PNPM', 'PNPM_VERSION', 'INSTALL_RUST', 'RUST_TOOLCHAIN'].map(
    (name) => `TOOLCHAIN_${name}`,
  ),
  ...['EXTRA_APT_PACKAGES', 'GLOBAL_NPM_PACKAGES', 'CARGO_CRATES'].map((name) => `TOOLCHAIN_${name}`),
];

const directory = mkdtempSync(path.join(tmpdir(), 'clawfleet-user-data-'));
const canary = path.join(directory, 'canary');
after(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the emitted script in a real bash and reads back what a child process of it sees in its environment. */
function exportedValues(input: UserDataInput): Record<string, string> {
  const file = path.join(directory, 'user-data');
  writeFileSync(file, renderUserData({ ...input, bootstrapScript: 'exec env -0\n' }));
  const run = spawnSync('bash', [file], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    timeout: 10_000,
  });
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.stderr, '');
  const lines = run.stdout.split('\0').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

const HOSTILE = [
  `"; touch ${canary}; "`,
  `'; touch ${canary}; '`,
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `\ntouch ${canary}\n`,
  `\r\ntouch ${canary} #`,
  `'\\''$(touch ${canary})'\\''`,
  `\\'; touch ${canary} #`,
  `\${IFS}&& touch ${canary} & | ; < > ( ) { } * ? ~ ! # %`,
  'a[$(touch canary)]',
  'Jané „Ω“ 火 👩‍🚀 \u202e\u0007\u001b[31m',
  '-n --help',
  ' leading and trailing \n\n',
  '',
  'x'.repeat(10_240),
  `'"$\`\n`.repeat(2_048),
];

test('the script exports every variable of the contract, and no other', () => {
  const values = exportedValues(exampleInput);
  const ours = Object.keys(values).filter((name) =>
    /^(REGISTRATION|BOT|CONTROL|CUSTOMIZER|TOOLCHAIN)_/.test(name),
  );
  assert.deepEqual(ours.sort(), [...NAMES].sort());
  assert.equal(values['TOOLCHAIN_NODE_MAJOR'], '20');
  assert.equal(values['CUSTOMIZER_SKIP_QMD'], 'true');
});

test('a hostile value is read back as it was given and runs nothing', () => {
  for (const value of HOSTILE) {
    const values = exportedValues({ ...withCustomizer({ agentName: value }), controlPlaneURL: value });
    assert.equal(values['CUSTOMIZER_AGENT_NAME'], value);
    assert.equal(values['CONTROL_PLANE_URL'], value);
  }
  assert.equal(existsSync(canary), false, 'a value ran');
});

test('any text without NUL survives quoting', () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(fc.constantFrom(...`'"\\$\`!;&|<>(){}[]*?~#\n\r\t `, '$(', "'\\''", 'mime-version:'))
        .map((p) => p.join('')),
    )
    .map((value) => value.replaceAll('\0', ''));
  fc.assert(
    fc.property(text, text, text, (agentName, ownerName, workspaceDir) => {
      const values = exportedValues(withCustomizer({ agentName, ownerName, workspaceDir }));
      assert.equal(values['CUSTOMIZER_AGENT_NAME'], agentName);
      assert.equal(values['CUSTOMIZER_OWNER_NAME'], ownerName);
      assert.equal(values['CUSTOMIZER_WORKSPACE_DIR'], workspaceDir);
    }),
    { numRuns: 60 },
  );
});

test('a value that names a mail header does not make cloud-init take the script for a mail', () => {
  const script = renderUserData(withCustomizer({ agentName: 'MIME-Version: 1.0' }));
  assert.doesNotMatch(script.slice(0, 4_096), /mime-version:/i);
});

test('lists are exported as words with one space between, and an item that is no word is refused', () => {
  const toolchain = {
    ...exampleInput.toolchain,
    extraAptPackages: ['ffmpeg', 'libfoo=1.2'],
    cargoCrates: ['just'],
  };
  const values = exportedValues({ ...exampleInput, toolchain });
  assert.equal(values['TOOLCHAIN_EXTRA_APT_PACKAGES'], 'ffmpeg libfoo=1.2');
  assert.equal(values['TOOLCHAIN_CARGO_CRATES'], 'just');
  assert.equal(values['TOOLCHAIN_GLOBAL_NPM_PACKAGES'], '');
  for (const item of ['', 'a b', 'a\nb', '\u00a0']) {
    const wrong = { ...exampleInput.toolchain, globalNpmPackages: ['fine', item] };
    assert.throws(
      () => renderUserData({ ...exampleInput, toolchain: wrong }),
      (error) => error instanceof RangeError && error.message.includes('globalNpmPackages'),
    );
  }
});

test('an absent control plane is exported as an empty value', () => {
  const { controlPlaneURL: _absent, ...input } = exampleInput;
  assert.equal(exportedValues(input)['CONTROL_PLANE_URL'], '');
});

test('a value with a NUL byte is refused', () => {
  assert.throws(() => renderUserData(withCustomizer({ ownerName: 'a\0b' })), RangeError);
});

test('user-data of exactly 64 KiB is accepted, and one byte more names both sizes', () => {
  const rest = Buffer.byteLength(renderUserData({ ...exampleInput, bootstrapScript: '' }));
  const filler = 'é'.repeat((userDataLimitBytes - rest) >> 1) + '#'.repeat((userDataLimitBytes - rest) & 1);
  assert.equal(Buffer.byteLength(renderUserData({ ...exampleInput, bootstrapScript: filler })), 65_536);
  assert.throws(
    () => renderUserData({ ...exampleInput, bootstrapScript: `${filler}#` }),
    (error) =>
      error instanceof RangeError && /65537 bytes/.test(error.message) && /65536/.test(error.message),
  );
});

test('the shipped script leaves room for 40 KiB of values and never traces itself', () => {
  const script = renderUserData({ ...exampleInput, bootstrapScript });
  assert.ok(Buffer.byteLength(script) < userDataLimitBytes - 40_960, `${Buffer.byteLength(script)} bytes`);
  assert.match(script, /^#!\/bin\/bash\nset -e\n/);
  const commands = script.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  assert.doesNotMatch(commands.join('\n'), /\bset\s+-\w*x|xtrace|bash\s+-\w*x/);
});
