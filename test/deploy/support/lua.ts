import { createRequire } from 'node:module';

/** The little of fengari, which has no types of its own, that runs a script and takes its one value. */
interface Fengari {
  readonly lua: { lua_tojsstring(state: object, index: number): string };
  readonly lauxlib: {
    luaL_newstate(): object;
    /** Something else than false: it failed, and the message lies on top. */
    luaL_dostring(state: object, script: Uint8Array): boolean | number;
  };
  readonly lualib: { luaL_openlibs(state: object): void };
  to_luastring(text: string): Uint8Array;
}

const { lua, lauxlib, lualib, to_luastring }: Fengari = createRequire(import.meta.url)('fengari');

/**
 * What a Lua script returns, as a text, by fengari: Lua 5.3 in JavaScript. Throws the message of one that fails.
 * Argo CD runs Lua 5.1, see `newerThanLua51`.
 */
export function runLua(script: string): string {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  const failed = lauxlib.luaL_dostring(state, to_luastring(script));
  const value = lua.lua_tojsstring(state, -1);
  if (failed) throw new Error(value);
  return value;
}

/** What of a script Lua 5.3 understands and Lua 5.1 does not: integer division, bit operators and `goto`. */
export function newerThanLua51(script: string): readonly string[] {
  const code = script.replaceAll(/"[^"\n]*"|'[^'\n]*'|--.*/g, '""');
  return code.match(/\/\/|<<|>>|[&|]|~(?!=)|::|\bgoto\b|\b(?:utf8|table\.(?:unpack|pack|move))\b/g) ?? [];
}

/** A value of JSON as a Lua expression. */
export function luaValue(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `{${value.map(luaValue).join(', ')}}`;
  return `{${Object.entries(value)
    .map(([name, one]) => `${name} = ${luaValue(one)}`)
    .join(', ')}}`;
}
