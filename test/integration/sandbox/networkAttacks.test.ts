import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { runOnce, shell, useRealSandbox } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

describe('attacks over the network', () => {
  const sandbox = useRealSandbox();
  const root = useTemporaryDirectory();
  const servers: Server[] = [];
  let connections = 0;

  beforeEach(() => {
    connections = 0;
  });
  afterEach(() => Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve)))));

  /** A server on the host that counts who reaches it. */
  async function listen(where: { port: number; host: string } | { path: string }): Promise<Server> {
    const server = createServer(socket => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(where, resolve);
    });
    return server;
  }

  function portOf(server: Server): number {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return address.port;
  }

  it('reach no server of the host, by loopback or by any of its addresses', async () => {
    const port = portOf(await listen({ port: 0, host: '0.0.0.0' }));
    const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? []);
    const hosts = [...addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address), '127.0.0.1'];
    const script = hosts
      .map(host => `(exec 3<>/dev/tcp/${host}/${port}) 2>/dev/null && echo reached ${host}`)
      .join('\n');
    assert.equal(await shell(sandbox(), root(), `${script}\ntrue`), '');
    assert.equal(connections, 0);
  });

  it('reach no metadata service and no public address, and fail at once', async () => {
    for (const host of ['169.254.169.254', '1.1.1.1', '10.0.0.1', '224.0.0.1']) {
      const result = await runOnce(sandbox(), root(), ['bash', '-c', `exec 3<>/dev/tcp/${host}/80`], {
        limits: { wallTimeMs: 5000 },
      });
      assert.equal(result.outcome, 'exited');
      assert.match(result.stderr, /unreachable/i, host);
    }
  });

  it('resolve no name', async () => {
    const script = `require('dns').lookup('example.com', error => console.log(error && error.code));
      require('dns').resolve4('example.com', error => console.log(error && error.code));`;
    const codes = (await shell(sandbox(), root(), `node -e "${script}"`)).trim().split('\n');
    assert.equal(codes.length, 2);
    for (const code of codes) assert.match(code, /^(EAI_AGAIN|ENOTFOUND|ECONNREFUSED|EAI_FAIL)$/);
  });

  it('can talk among themselves on a loopback of their own', async () => {
    const script = `const net = require('net');
      const server = net.createServer(socket => socket.end('hello')).listen(0, '127.0.0.1', () =>
        net.connect(server.address().port, '127.0.0.1').on('data', data => { console.log(String(data)); server.close(); }));`;
    assert.equal(await shell(sandbox(), root(), `node -e "${script}"`), 'hello\n');
  });

  it('find no docker socket and no other socket of the system', async () => {
    const output = await shell(sandbox(), root(), 'ls -d /run /var /run/docker.sock /var/run/docker.sock 2>&1; true');
    assert.equal(output.match(/No such file/g)?.length, 4, output);
  });

  it('cannot connect to a socket that lies in the workspace', async () => {
    await listen({ path: path.join(root(), 'daemon.sock') });
    const script = `require('net').connect('daemon.sock').on('connect', () => console.log('connected')).on('error', error => console.log(error.code))`;
    assert.equal(await shell(sandbox(), root(), `test -S daemon.sock && node -e "${script}"`), 'ECONNREFUSED\n');
    assert.equal(connections, 0);
  });

  it("cannot connect to the host's abstract sockets", async () => {
    const name = `trellis-abstract-${process.pid}`;
    await listen({ path: `\0${name}` });
    const script = `require('net').connect('\\\\0${name}').on('connect', () => console.log('connected')).on('error', error => console.log(error.code))`;
    assert.equal(await shell(sandbox(), root(), `node -e "${script}"`), 'ECONNREFUSED\n');
    assert.equal(connections, 0);
  });

  it('get no socket of the families that lead around the network namespace', async () => {
    const families = { vsock: 40, alg: 38, packet: 17, xdp: 44, bluetooth: 31, can: 29, tipc: 30, 'netlink audit': 16 };
    const script = Object.entries(families)
      .map(([name, family]) => `socket(my $s${family}, ${family}, 3, 9) and print "${name}\\n"; print 0+$!, " ";`)
      .join(' ');
    const output = await shell(sandbox(), root(), `perl -e '${script}'`);
    assert.deepEqual(
      output.trim().split(' '),
      Object.keys(families).map(() => '97'),
    );
  });
});
