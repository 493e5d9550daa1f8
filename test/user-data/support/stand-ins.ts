/** Notes the call as NUL-separated fields: number of arguments, command, arguments. */
const note = `
{ printf '%s\\0' "$#" "\${0##*/}" "$@"; } >>"$CALLS_FILE"
declare -px >>"$CALLS_FILE.environment"
`;

/** A command that notes its call and then runs for real. */
export const watching = (script: string) => `${note}${script}`;

/** Fails once when the file `fail-NAME` is there and its text is among the arguments. */
const failOnce = `
order=$OPENCLAW_ROOT/fail-\${0##*/}
if [[ -e $order && " $* " == *"$(cat "$order")"* ]]; then rm "$order"; echo "\${0##*/}: made to fail" >&2; exit 100; fi
`;

/** Fails as long as the file \`break-NAME\` is there. */
const FAIL = `
if [[ -e $OPENCLAW_ROOT/break-\${0##*/} ]]; then echo "\${0##*/}: broken" >&2; exit 100; fi
`;

/** Hangs as long as the file `hang-NAME` is there. */
const HANG = `
while [[ -e $OPENCLAW_ROOT/hang-\${0##*/} ]]; do sleep 0.05; done
`;

const noted = (text = '') => `${note}${HANG}${failOnce}${FAIL}${text}\n`;

/** Commands that would change the machine or reach out of it, by name, each with the least effect that the script relies on. */
export const standIns: Readonly<Record<string, string>> = {
  'apt-get': noted(`
for word; do case $word in
  curl) ln -sf "$OPENCLAW_ROOT/bin/fetch" "$OPENCLAW_ROOT/bin/curl" ;;
  jq) ln -sf "$OPENCLAW_ROOT/bin/real-jq" "$OPENCLAW_ROOT/bin/jq" ;;
  nodejs) touch "$OPENCLAW_ROOT/node-installed" ;;
  docker.io) touch "$OPENCLAW_ROOT/bin/docker" && chmod 755 "$OPENCLAW_ROOT/bin/docker" ;;
esac; done`),
  // Becomes curl once that is "installed": the bot API is reached for real, the rest of the world is not.
  fetch: `${note}
case " $* " in
  *' http://127.0.0.1:'* | *' https://127.0.0.1:'*) exec "$OPENCLAW_ROOT/bin/real-curl" "$@" ;;
esac
${failOnce}${FAIL}
case \${!#} in
  https://sh.rustup.rs) echo 'mkdir -p "$HOME/.cargo/bin"; for tool in rustup cargo; do ln -sf "$OPENCLAW_ROOT/bin/tool" "$HOME/.cargo/bin/$tool"; done' ;;
  *) echo 'KEY' ;;
esac
`,
  dpkg: noted(),
  tool: noted(),
  id: `${note}[[ -d $OPENCLAW_ROOT/home/openclaw ]]`,
  useradd: noted('mkdir -p "$OPENCLAW_ROOT/home/openclaw"'),
  runuser: `shift 3; exec "$@"`,
  chown: noted(),
  systemctl: noted(),
  ufw: noted(),
  node: noted(`
case $1 in --version) [[ -e $OPENCLAW_ROOT/node-installed ]] && echo v20.19.1 || echo v12.22.9 ;; esac`),
  npm: noted(),
  corepack: noted(),
  git: noted(`
[[ " $* " != *' checkout '* ]] || echo '{"bin":{"janebot-cli":"bin/janebot-cli.js"}}' >"$2/package.json"`),
};
