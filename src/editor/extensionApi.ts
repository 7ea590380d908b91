import type { TrellisApi, TrellisExports } from '../../api/trellis.d.ts';

/** What `activate` returns: the way of other extensions to `plugins`. */
export function extensionExports(plugins: TrellisApi): TrellisExports {
  // Its own object, so that nothing else of `plugins` is reached through it.
  const api: TrellisApi = {
    registerProvider: provider => plugins.registerProvider(provider),
    registerMiddleware: middleware => plugins.registerMiddleware(middleware),
    registerAgent: agent => plugins.registerAgent(agent),
  };
  return {
    apiVersion: 1,
    getApi: version => {
      // The type holds those who compile against it; others may ask for anything.
      if ((version as unknown) === 1) return api;
      throw new Error(`Trellis has no API of version ${String(version)}; it has version 1.`);
    },
  };
}
