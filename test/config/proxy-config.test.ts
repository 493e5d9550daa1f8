import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCloudConfig, readProxyConfig } from '../../src/config/cloud-config.ts';
import { UserError } from '../../src/config/user-error.ts';

const api = new URL('https://api.digitalocean.com');

describe('readProxyConfig()', () => {
  it('takes HTTPS_PROXY with NO_PROXY; the lower-case names win, and a scheme may be left out', () => {
    assert.deepEqual(readProxyConfig(api, { HTTPS_PROXY: 'http://b:2', NO_PROXY: 'c' }), {
      url: 'http://b:2',
      except: 'c',
    });
    const both = { https_proxy: 'a:1', HTTPS_PROXY: 'http://b:2', no_proxy: 'd', NO_PROXY: 'c' };
    assert.deepEqual(readProxyConfig(api, both), { url: 'http://a:1', except: 'd' });
  });

  it('takes none where none is named, or the lower-case one is empty', () => {
    assert.equal(readProxyConfig(api, {}), undefined);
    assert.equal(readProxyConfig(api, { https_proxy: '', HTTPS_PROXY: 'http://b:2' }), undefined);
  });

  it('leads nothing through a proxy that is meant for this machine, such as a simulator', () => {
    for (const here of ['https://localhost:1', 'https://127.0.0.1', 'https://[::1]:8', 'http://127.0.0.1:9'])
      assert.equal(readProxyConfig(new URL(here), { HTTPS_PROXY: 'http://b:2' }), undefined, here);
  });

  it('refuses nonsense without telling its password', () => {
    for (const wrong of ['http://me:secret@', 'socks5://me:secret@p:1'])
      assert.throws(
        () => readProxyConfig(api, { HTTPS_PROXY: wrong }),
        (error) =>
          error instanceof UserError &&
          !`${error.message} ${error.next}`.includes('secret') &&
          error.exitCode === 64,
      );
  });

  it('is part of what is configured of the real cloud', () => {
    const env = { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_1', HTTPS_PROXY: 'proxy.example:3128' };
    const cloud = readCloudConfig({}, env);
    assert.equal(cloud.kind === 'digitalocean' && cloud.proxy?.url, 'http://proxy.example:3128');
  });
});
