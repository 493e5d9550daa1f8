import { filledWithDefaults } from '../schema/schema-node.ts';
import { type Static, Type } from '../schema/schema-words.ts';

/** No shell variable can hold a NUL. */
const withoutNul = '^[^\\0]*$';

const word = '^[A-Za-z0-9@][A-Za-z0-9@._/+:=~^-]*$';

const words = (what: string, pattern = word) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 128, pattern }), {
    maxItems: 64,
    default: [],
    description: what,
  });

/** A word that may pin a version after `=`, in which `*` stands for anything, as in apt. */
const aptWord = '^[A-Za-z0-9@][A-Za-z0-9@._/+:=~^-]*(=[A-Za-z0-9._+:~^*-]+)?$';

const skip = (what: string) =>
  Type.Optional(Type.Boolean({ default: true, description: `Leave out the customizer’s ${what} skill.` }));

const customizerSchema = Type.Object(
  {
    repoURL: Type.Optional(
      Type.String({
        pattern: '^https://[^\\s]+$',
        maxLength: 512,
        default: 'https://github.com/janebot2026/janebot-cli.git',
        description: 'Git repository of the customizer, readable without a password.',
      }),
    ),
    ref: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$',
        maxLength: 128,
        default: '4b170b4aa31f79bda84f7383b3992ca8681d06d3',
        description: 'Commit, tag or branch to check out.',
      }),
    ),
    workspaceDir: Type.Optional(
      Type.String({
        pattern: '^/[^\\0]*$',
        maxLength: 256,
        default: '/opt/openclaw/workspace',
        description: 'Absolute path of the workspace.',
      }),
    ),
    agentName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: withoutNul,
        default: 'Jane',
        description: 'Name the agent goes by.',
      }),
    ),
    ownerName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: withoutNul,
        default: 'Cedros',
        description: 'Name of the agent’s owner.',
      }),
    ),
    skipQmd: skip('qmd'),
    skipCron: skip('cron'),
    skipGit: skip('git'),
    skipHeartbeat: skip('heartbeat'),
  },
  {
    additionalProperties: false,
    default: {},
    description: 'Prepares the agent’s workspace on the droplet, once.',
  },
);

const toolchainSchema = Type.Object(
  {
    nodeMajor: Type.Optional(
      Type.Integer({ minimum: 18, maximum: 99, default: 20, description: 'Least major version of Node.js.' }),
    ),
    installPnpm: Type.Optional(Type.Boolean({ default: true, description: 'Install pnpm.' })),
    pnpmVersion: Type.Optional(
      Type.String({
        pattern: '^([0-9]+(\\.[0-9]+){0,2})?$',
        default: '',
        description: 'Version of pnpm; empty: the latest.',
      }),
    ),
    installRust: Type.Optional(Type.Boolean({ default: true, description: 'Install Rust by rustup.' })),
    rustToolchain: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._-]+$',
        maxLength: 64,
        default: 'stable',
        description: 'Rust toolchain.',
      }),
    ),
    extraAptPackages: Type.Optional(
      words('Further Debian packages, a version pinned as in `nodejs=22.*`.', aptWord),
    ),
    globalNpmPackages: Type.Optional(words('npm packages to install globally.')),
    cargoCrates: Type.Optional(words('Crates to install with cargo.')),
  },
  { additionalProperties: false, default: {}, description: 'What is installed before the agent starts.' },
);

/** How a new droplet is prepared. A change takes effect at the next redeploy. */
export const bootstrapSpecSchema = Type.Object(
  { customizer: Type.Optional(customizerSchema), toolchain: Type.Optional(toolchainSchema) },
  {
    additionalProperties: false,
    default: {},
    description:
      'How a new droplet is prepared. A change sets BootstrapOutdated and takes effect at the next redeploy.',
  },
);

type BootstrapSpec = Static<typeof bootstrapSpecSchema>;

/** A bootstrap declaration with every default filled in. */
interface EffectiveBootstrapSpec {
  readonly customizer: Required<Static<typeof customizerSchema>>;
  readonly toolchain: Required<Static<typeof toolchainSchema>>;
}

/** `declared` with every default filled in. */
export function effectiveBootstrap(declared: BootstrapSpec = {}): EffectiveBootstrapSpec {
  return filledWithDefaults(bootstrapSpecSchema, declared) as EffectiveBootstrapSpec;
}
