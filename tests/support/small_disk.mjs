// A disk of its own for a data folder: a small ext4 in a file, which can be filled up, and which can come to an error, after
// which its kernel lets nobody write on it, as it does with a disk that fails. Needs root, and a kernel that lets it mount.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { freshFolder } from './gatehouse.mjs';

const kName = 'gatehouse-disk';
const disks = new Set();
process.on('exit', () => {
  for (const disk of disks) disk.remove();
});

const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// What a killed run has left.
function cleanUp() {
  for (const [, folder, pid] of readFileSync('/proc/mounts', 'utf8').matchAll(new RegExp(`^\\S+ (\\S+/${kName}-(\\d+))/mounted `, 'gm'))) {
    if (existsSync(`/proc/${pid}`)) continue;
    spawnSync('umount', ['-l', join(folder, 'mounted')]);
  }
}

// Why there can be no such disk here, or null.
export function whyNoDisk() {
  if (process.getuid() !== 0) return 'only root may mount a disk';
  try {
    new SmallDisk({ megabytes: 4 }).remove();
    return null;
  } catch (error) {
    return `no disk can be mounted here: ${error.message.split('\n').slice(0, 3).join(' ')}`;
  }
}

export class SmallDisk {
  constructor({ megabytes = 24 } = {}) {
    cleanUp();
    const folder = join(freshFolder('disk'), `${kName}-${process.pid}`);
    this.path = join(folder, 'mounted');
    this.image = join(folder, 'image');
    mkdirSync(this.path, { recursive: true });
    run('truncate', '-s', `${megabytes}M`, this.image);
    run('mkfs.ext4', '-q', '-m', '0', this.image);
    this.mount();
  }

  mount() {
    run('mount', '-o', 'loop,errors=remount-ro', this.image, this.path);
    disks.add(this);
    this.device = basename(run('findmnt', '-n', '-o', 'SOURCE', this.path).trim());
  }

  // To the last block.
  fill() {
    const { stderr } = spawnSync('dd', ['if=/dev/zero', `of=${join(this.path, 'ballast')}`, 'bs=4k'], { encoding: 'utf8' });
    if (!/No space left/.test(stderr)) throw new Error(`the disk is not full: ${stderr}`);
  }

  empty() {
    rmSync(join(this.path, 'ballast'));
  }

  // The kernel finds a fault in it and makes it read-only, whoever has files open.
  fail() {
    writeFileSync(`/sys/fs/ext4/${this.device}/trigger_fs_error`, 'told to by a test\n');
    const options = run('findmnt', '-n', '-o', 'FS-OPTIONS', this.path).trim();
    if (!/^ro,|emergency_ro/.test(options)) throw new Error(`the disk is still ${options}`);
  }

  // As an operator does, when nobody uses it.
  repair() {
    run('umount', this.path);
    const { status, stdout, stderr } = spawnSync('e2fsck', ['-fy', this.image], { encoding: 'utf8' });
    if (status > 1) throw new Error(`e2fsck: ${stdout}${stderr}`);
    this.mount();
  }

  remove() {
    if (disks.delete(this)) spawnSync('umount', ['-l', this.path]);
  }
}
