/** A Bot’s spec beside its accountRef, and everything that is wrong with it: `line:column field rule, got value`. */
export interface BadBot {
  readonly name: string;
  /** YAML lines, to stand under `spec:` from line 6 of the file on, indented by two. */
  readonly spec: string;
  readonly problems: readonly string[];
}

export const badBots: readonly BadBot[] = [
  {
    name: 'an unknown field of spec, misspelt',
    spec: 'tradng: {}',
    problems: ['6:3 spec.tradng is an unknown field; did you mean `trading`?'],
  },
  {
    name: 'an unknown field like no other',
    spec: 'colour: red',
    problems: [
      '6:3 spec.colour is an unknown field; known here are accountRef, displayName, persona, trading, risk, llm, droplet, bootstrap, powerState, rebootRequest, redeployRequest, registrationTokenSHA256, deletionPolicy, deletionProtection, adopt, health',
    ],
  },
  {
    name: 'a field in another case',
    spec: 'power_state: Running',
    problems: ['6:3 spec.power_state is an unknown field; did you mean `powerState`?'],
  },
  {
    name: 'a display name that is a number',
    spec: 'displayName: 7',
    problems: ['6:3 spec.displayName must be a string; put it in quotes, got 7'],
  },
  {
    name: 'an unknown persona',
    spec: 'persona: quant',
    problems: ['6:3 spec.persona must be one of beginner, tweaker, quant_lite, got "quant"'],
  },
  {
    name: 'a persona in another case',
    spec: 'persona: Beginner',
    problems: ['6:3 spec.persona must be one of beginner, tweaker, quant_lite, got "Beginner"'],
  },
  {
    name: 'an empty display name',
    spec: 'displayName: ""',
    problems: ['6:3 spec.displayName must not be empty, got ""'],
  },
  {
    name: 'a display name past 256 characters',
    spec: 'displayName: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    problems: [
      '6:3 spec.displayName must have at least 1 and at most 256 characters, got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…',
    ],
  },
  {
    name: 'a mapping where a list belongs',
    spec: 'droplet: {tags: {a: b}}',
    problems: ['6:13 spec.droplet.tags must be a list, got {…}'],
  },
  {
    name: 'a list where a mapping belongs',
    spec: 'droplet: [nyc3]',
    problems: ['6:3 spec.droplet must be a mapping, got ["nyc3"]'],
  },
  {
    name: 'text where a mapping belongs',
    spec: 'trading: custom',
    problems: ['6:3 spec.trading must be a mapping, got "custom"'],
  },
  {
    name: 'a percentage past 100',
    spec: 'risk: {maxDrawdownPercent: 101}',
    problems: ['6:10 spec.risk.maxDrawdownPercent must be at least 0 and at most 100, got 101'],
  },
  {
    name: 'a negative percentage',
    spec: 'risk: {maxDailyLossPercent: -0.1}',
    problems: ['6:10 spec.risk.maxDailyLossPercent must be at least 0 and at most 100, got -0.1'],
  },
  {
    name: 'a percentage in quotes',
    spec: 'risk: {maxPositionSizePercent: "10"}',
    problems: ['6:10 spec.risk.maxPositionSizePercent must be a number, got "10"'],
  },
  {
    name: 'no number at all',
    spec: 'risk: {maxPositionSizePercent: .nan}',
    problems: ['6:10 spec.risk.maxPositionSizePercent must be a number, got NaN'],
  },
  {
    name: 'a broken number of trades',
    spec: 'risk: {maxTradesPerDay: 1.5}',
    problems: ['6:10 spec.risk.maxTradesPerDay must be a whole number, got 1.5'],
  },
  {
    name: 'fewer trades than none',
    spec: 'risk: {maxTradesPerDay: -1}',
    problems: ['6:10 spec.risk.maxTradesPerDay must be at least 0 and at most 1000000, got -1'],
  },
  {
    name: 'custom focus without assets',
    spec: 'trading: {assetFocus: custom}',
    problems: ['6:3 spec.trading.assets is required when assetFocus is custom'],
  },
  {
    name: 'assets without custom focus',
    spec: 'trading: {assets: [BTC]}',
    problems: ['6:13 spec.trading.assets must be left out unless assetFocus is custom, got ["BTC"]'],
  },
  {
    name: 'assets with another focus',
    spec: 'trading: {assetFocus: memes, assets: [BTC]}',
    problems: ['6:32 spec.trading.assets must be left out unless assetFocus is custom, got ["BTC"]'],
  },
  {
    name: 'an asset twice',
    spec: 'trading: {assetFocus: custom, assets: [BTC, ETH, BTC]}',
    problems: ['6:33 spec.trading.assets must not name an asset twice, got ["BTC","ETH","BTC"]'],
  },
  {
    name: 'no assets at all',
    spec: 'trading: {assetFocus: custom, assets: []}',
    problems: ['6:33 spec.trading.assets must have at least 1 and at most 100 entries, got []'],
  },
  {
    name: 'an unknown algorithm',
    spec: 'trading: {algorithm: mean-reversion}',
    problems: [
      '6:13 spec.trading.algorithm must be one of trend, mean_reversion, breakout, got "mean-reversion"',
    ],
  },
  {
    name: 'a yes that is text',
    spec: 'trading: {paperMode: yes}',
    problems: ['6:13 spec.trading.paperMode must be true or false, got "yes"'],
  },
  {
    name: 'an unknown strictness',
    spec: 'trading: {strictness: extreme}',
    problems: ['6:13 spec.trading.strictness must be one of low, medium, high, got "extreme"'],
  },
  {
    name: 'a misspelt signal',
    spec: 'trading: {signals: {volumeConfirmaton: true}}',
    problems: [
      '6:23 spec.trading.signals.volumeConfirmaton is an unknown field; did you mean `volumeConfirmation`?',
    ],
  },
  {
    name: 'an API key in the open',
    spec: 'llm: {provider: anthropic, apiKey: sk-secret}',
    problems: ['6:30 spec.llm.apiKey must be a mapping'],
  },
  {
    name: 'an API key in a field of its own',
    spec: 'llm: {provider: anthropic, key: sk-secret, apiKey: {value: sk-secret}}',
    problems: [
      '6:30 spec.llm.key is an unknown field; known here are provider, apiKey',
      '6:55 spec.llm.apiKey.value is an unknown field; known here are secretRef, encrypted',
    ],
  },
  {
    name: 'two sources of the API key',
    spec: 'llm: {provider: anthropic, apiKey: {encrypted: sk-secret, secretRef: {name: a, key: b}}}',
    problems: ['6:30 spec.llm.apiKey must have exactly one of secretRef and encrypted'],
  },
  {
    name: 'no source of the API key',
    spec: 'llm: {provider: anthropic, apiKey: {}}',
    problems: ['6:30 spec.llm.apiKey must have exactly one of secretRef and encrypted'],
  },
  {
    name: 'an encrypted key past 8,192 characters',
    spec: `llm: {provider: anthropic, apiKey: {encrypted: ${'k'.repeat(8193)}}}`,
    problems: ['6:39 spec.llm.apiKey.encrypted must have at least 1 and at most 8192 characters'],
  },
  {
    name: 'a model without provider',
    spec: 'llm: {apiKey: {encrypted: abc}}',
    problems: ['6:3 spec.llm.provider is required'],
  },
  {
    name: 'a Secret reference without key',
    spec: 'llm: {provider: anthropic, apiKey: {secretRef: {name: a}}}',
    problems: ['6:39 spec.llm.apiKey.secretRef.key is required'],
  },
  {
    name: 'a provider with blanks',
    spec: 'llm: {provider: Open AI, apiKey: {encrypted: abc}}',
    problems: ['6:9 spec.llm.provider must match ^[a-z0-9][a-z0-9._-]*$, got "Open AI"'],
  },
  {
    name: 'a region that is a city',
    spec: 'droplet: {region: Frankfurt}',
    problems: ['6:13 spec.droplet.region must match ^[a-z]{3}[0-9]+$, got "Frankfurt"'],
  },
  {
    name: 'a size with blanks',
    spec: 'droplet: {size: "s-1vcpu 2gb"}',
    problems: ['6:13 spec.droplet.size must match ^[a-z0-9][a-z0-9.-]*$, got "s-1vcpu 2gb"'],
  },
  {
    name: 'the number of an image without quotes',
    spec: 'droplet: {image: 12345}',
    problems: ['6:13 spec.droplet.image must be a string; put it in quotes, got 12345'],
  },
  {
    name: 'SSH key ids without quotes',
    spec: 'droplet: {sshKeys: [123, "456"]}',
    problems: ['6:23 spec.droplet.sshKeys[0] must be a string; put it in quotes, got 123'],
  },
  {
    name: 'an SSH key twice',
    spec: 'droplet: {sshKeys: ["1", "1"]}',
    problems: ['6:13 spec.droplet.sshKeys must not name a key twice, got ["1","1"]'],
  },
  {
    name: 'thirty-three SSH keys',
    spec: `droplet: {sshKeys: [${Array.from({ length: 33 }, (_, id) => `"${id}"`).join(', ')}]}`,
    problems: [
      '6:13 spec.droplet.sshKeys must have at most 32 entries, got ["0","1","2","3","4","5","6","7","8","9","10","11","12","13…',
    ],
  },
  {
    name: 'a tag that clawfleet sets',
    spec: 'droplet: {tags: [openclaw]}',
    problems: [
      '6:13 spec.droplet.tags must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet, got ["openclaw"]',
    ],
  },
  {
    name: 'a tag that looks like a fleet',
    spec: 'droplet: {tags: [team, ClawFleet-mine]}',
    problems: [
      '6:13 spec.droplet.tags must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet, got ["team","ClawFleet-mine"]',
    ],
  },
  {
    name: 'a tag that looks like a bot',
    spec: 'droplet: {tags: [bot-1]}',
    problems: [
      '6:13 spec.droplet.tags must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet, got ["bot-1"]',
    ],
  },
  {
    name: 'a tag that looks like a key',
    spec: 'droplet: {tags: [key-1]}',
    problems: [
      '6:13 spec.droplet.tags must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet, got ["key-1"]',
    ],
  },
  {
    name: 'a tag twice, in other case',
    spec: 'droplet: {tags: [Team, team]}',
    problems: [
      '6:13 spec.droplet.tags must not repeat a tag; upper and lower case count as the same, got ["Team","team"]',
    ],
  },
  {
    name: 'a tag with a blank',
    spec: 'droplet: {tags: ["a b"]}',
    problems: ['6:20 spec.droplet.tags[0] must match ^[a-zA-Z0-9_\\-:]+$, got "a b"'],
  },
  {
    name: 'a VPC by name',
    spec: 'droplet: {vpcUUID: my-vpc}',
    problems: [
      '6:13 spec.droplet.vpcUUID must match ^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$, got "my-vpc"',
    ],
  },
  {
    name: 'a project by name',
    spec: 'droplet: {projectID: My project}',
    problems: [
      '6:13 spec.droplet.projectID must match ^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$, got "My project"',
    ],
  },
  {
    name: 'a replacement policy unknown',
    spec: 'droplet: {replacePolicy: Never}',
    problems: ['6:13 spec.droplet.replacePolicy must be one of OnRequest, Automatic, got "Never"'],
  },
  {
    name: 'a power state unknown',
    spec: 'powerState: Off',
    problems: ['6:3 spec.powerState must be one of Running, Stopped, got "Off"'],
  },
  {
    name: 'YAML 1.1’s off, which is text',
    spec: 'powerState: off',
    problems: ['6:3 spec.powerState must be one of Running, Stopped, got "off"'],
  },
  {
    name: 'a request that is a number',
    spec: 'rebootRequest: 3',
    problems: ['6:3 spec.rebootRequest must be a string; put it in quotes, got 3'],
  },
  {
    name: 'a deletion policy unknown',
    spec: 'deletionPolicy: Retain',
    problems: ['6:3 spec.deletionPolicy must be one of Delete, Orphan, got "Retain"'],
  },
  {
    name: 'an adoption without droplet',
    spec: 'adopt: {botID: a}',
    problems: ['6:3 spec.adopt.dropletID is required'],
  },
  {
    name: 'an adoption of droplet 0',
    spec: 'adopt: {dropletID: 0}',
    problems: ['6:11 spec.adopt.dropletID must be at least 1, got 0'],
  },
  {
    name: 'an adoption with the token itself',
    spec: 'adopt: {dropletID: 1, tokenSHA256: secret}',
    problems: ['6:25 spec.adopt.tokenSHA256 must match ^[0-9a-f]{64}$'],
  },
  {
    name: 'a time-out shorter than two beats',
    spec: 'health: {heartbeatTimeoutSeconds: 59}',
    problems: ['6:12 spec.health.heartbeatTimeoutSeconds must be at least 60 and at most 86400, got 59'],
  },
  {
    name: 'a remediation unknown',
    spec: 'health: {remediation: Rebot}',
    problems: ['6:12 spec.health.remediation must be one of None, Reboot, Replace, got "Rebot"'],
  },
  {
    name: 'a customizer by ssh',
    spec: 'bootstrap: {customizer: {repoURL: "git@github.com:a/b.git"}}',
    problems: ['6:28 spec.bootstrap.customizer.repoURL must match ^https://[^\\s]+$'],
  },
  ...['https://me:sk-secret@example.com/a.git', 'https://sk-secret@example.com/a.git'].map((repoURL) => ({
    name: `a customizer behind ${repoURL.includes(':sk') ? 'a password' : 'a token'}`,
    spec: `bootstrap: {customizer: {repoURL: "${repoURL}"}}`,
    problems: [
      '6:28 spec.bootstrap.customizer.repoURL must hold no user or password, which everyone who may read the bot or its droplet would see: take a mirror that needs none, or an image (spec.droplet.image) that has the workspace; revoke the password',
    ],
  })),
  {
    name: 'a ref that is an option',
    spec: 'bootstrap: {customizer: {ref: "--upload-pack=x"}}',
    problems: [
      '6:28 spec.bootstrap.customizer.ref must match ^[A-Za-z0-9][A-Za-z0-9._/-]*$, got "--upload-pack=x"',
    ],
  },
  {
    name: 'a relative workspace',
    spec: 'bootstrap: {customizer: {workspaceDir: workspace}}',
    problems: ['6:28 spec.bootstrap.customizer.workspaceDir must match ^/[^\\0]*$, got "workspace"'],
  },
  {
    name: 'an old Node',
    spec: 'bootstrap: {toolchain: {nodeMajor: 16}}',
    problems: ['6:27 spec.bootstrap.toolchain.nodeMajor must be at least 18 and at most 99, got 16'],
  },
  {
    name: 'a package that is a command',
    spec: 'bootstrap: {toolchain: {extraAptPackages: ["jq; reboot"]}}',
    problems: [
      '6:46 spec.bootstrap.toolchain.extraAptPackages[0] must match ^[A-Za-z0-9@][A-Za-z0-9@._/+:=~^-]*(=[A-Za-z0-9._+:~^*-]+)?$, got "jq; reboot"',
    ],
  },
  {
    name: 'a pattern of packages',
    spec: 'bootstrap: {toolchain: {extraAptPackages: ["lib*=1.0"]}}',
    problems: [
      '6:46 spec.bootstrap.toolchain.extraAptPackages[0] must match ^[A-Za-z0-9@][A-Za-z0-9@._/+:=~^-]*(=[A-Za-z0-9._+:~^*-]+)?$, got "lib*=1.0"',
    ],
  },
  {
    name: 'a misspelt toolchain',
    spec: 'bootstrap: {toolchains: {}}',
    problems: ['6:15 spec.bootstrap.toolchains is an unknown field; did you mean `toolchain`?'],
  },
  {
    name: 'a null in a list',
    spec: 'droplet: {tags: [~]}',
    problems: ['6:20 spec.droplet.tags[0] must be a string, got null'],
  },
  {
    name: 'several mistakes at once',
    spec: 'persona: x\nrisk: {maxDailyLossPercent: 200, maxDraw: 1}\ndroplet: {tags: [key-1, KEY-1]}',
    problems: [
      '6:3 spec.persona must be one of beginner, tweaker, quant_lite, got "x"',
      '7:36 spec.risk.maxDraw is an unknown field; did you mean `maxDrawdownPercent`?',
      '7:10 spec.risk.maxDailyLossPercent must be at least 0 and at most 100, got 200',
      '8:13 spec.droplet.tags must not repeat a tag; upper and lower case count as the same, got ["key-1","KEY-1"]',
      '8:13 spec.droplet.tags must not be openclaw or begin with clawfleet, bot- or key-: those are set by clawfleet, got ["key-1","KEY-1"]',
    ],
  },
];
