import assert from 'node:assert/strict';
import { extension } from '../support/documents';

describe('the extension', () => {
  it('activates in the host that has files and processes', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
    assert.equal(extension().packageJSON.displayName, 'mod_wsgi – Apache + Python');
  });
});
