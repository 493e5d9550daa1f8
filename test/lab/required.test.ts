import assert from 'node:assert/strict';
import { it } from 'node:test';
import { leftOut } from './required.ts';

const lack = { missing: 'curl', remedy: 'apt-get install curl' };

it('gives the reason to skip for want of a program, with the command that brings it', () => {
  assert.equal(leftOut(lack, {}), 'curl is missing; this brings it: apt-get install curl');
});

it('refuses to leave anything out with CI=true', () => {
  assert.throws(() => leftOut(lack, { CI: 'true' }), /curl is missing.*apt-get install curl/);
});
