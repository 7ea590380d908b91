import assert from 'node:assert/strict';
import { mountPointsBelow, parseMountPoints } from '../../../../src/sandbox/process/mountPoints.ts';

describe('mount points', () => {
  it('are read with their odd characters', () => {
    const text = [
      '24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
      '30 24 0:26 / /srv/my\\040project/node_modules rw - overlay overlay rw',
      '31 24 0:27 / /tab\\011back\\134slash rw - tmpfs tmpfs rw',
      '',
    ].join('\n');
    assert.deepEqual(parseMountPoints(text), ['/', '/srv/my project/node_modules', '/tab\tback\\slash']);
  });

  it('are those of this machine, below the folder and not the folder itself', async () => {
    const points = await mountPointsBelow('/');
    assert.ok(points.includes('/proc'));
    assert.ok(!points.includes('/'));
    assert.deepEqual(await mountPointsBelow('/usr/no-such-folder'), []);
  });
});
