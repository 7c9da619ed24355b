// Several nodes of one deployment: servers with data folders of their own over one PostgreSQL database and with one master
// key, as an operator runs them. Their tokens have one issuer, because that is made of what they are told to listen on.
import { join } from 'node:path';

import { freshFolder, start } from './gatehouse.mjs';
import { shareDatabase } from './store.mjs';

// The first makes the deployment; `options` are start's, for all of them.
export async function startNodes(count, options = {}) {
  const nodes = [await start(options)];
  while (nodes.length < count) nodes.push(await joinNode(nodes[0], options));
  return nodes;
}

// Another node of the deployment.
export async function joinNode(first, { env = {}, ...options } = {}) {
  const data = freshFolder('node');
  await shareDatabase(first.data, data);
  return start({ ...options, data, env: { GATEHOUSE_MASTER_KEY_FILE: join(first.data, 'master.key'), ...env } });
}
