// The system calls that code in the process tier may not make.
import { assembleBpf, type BpfStep } from './bpf.ts';

/** Processors that there is a filter for, by Node's names. */
export type FilteredArchitecture = 'x64' | 'arm64';

interface SyscallTable {
  /** `AUDIT_ARCH_*` of linux/audit.h. */
  readonly auditArchitecture: number;
  readonly clone: number;
  readonly socket: number;
  readonly ioctl: number;
  /** Answered with "not permitted". */
  readonly denied: readonly number[];
}

/** `clone3` has the same number everywhere. Its flags lie in memory that a filter cannot read. */
const CLONE3 = 435;

/**
 * Newer system calls, numbered alike on every processor: io_uring (425 to 427; it opens sockets behind the filter's back),
 * the mount calls (428 to 433, 442), pidfd_getfd (438), process_madvise (440), quotactl_fd (443), memfd_secret (447),
 * process_mrelease (448), open_tree_attr (467).
 */
const DENIED_EVERYWHERE = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443, 447, 448, 467];

const TABLES: Readonly<Record<FilteredArchitecture, SyscallTable>> = {
  x64: {
    auditArchitecture: 0xc000003e,
    clone: 56,
    socket: 41,
    ioctl: 16,
    denied: [
      101, // ptrace
      ...[310, 311, 312], // process_vm_readv, process_vm_writev, kcmp
      ...[248, 249, 250], // add_key, request_key, keyctl
      ...[298, 321, 323], // perf_event_open, bpf, userfaultfd
      ...[165, 166, 155, 161], // mount, umount2, pivot_root, chroot
      ...[272, 308], // unshare, setns
      ...[303, 304, 300], // name_to_handle_at, open_by_handle_at, fanotify_init
      ...[175, 313, 176, 174, 177, 178], // init_module, finit_module, delete_module and their forerunners
      ...[246, 320, 169], // kexec_load, kexec_file_load, reboot
      ...[167, 168, 163, 179], // swapon, swapoff, acct, quotactl
      ...[103, 153, 170, 171], // syslog, vhangup, sethostname, setdomainname
      ...[164, 227, 305, 159], // settimeofday, clock_settime, clock_adjtime, adjtimex
      ...[172, 173, 154], // iopl, ioperm, modify_ldt
      ...[256, 279], // migrate_pages, move_pages
      ...[134, 136, 156, 180, 212], // uselib, ustat, _sysctl, nfsservctl, lookup_dcookie
      ...DENIED_EVERYWHERE,
    ],
  },
  arm64: {
    auditArchitecture: 0xc00000b7,
    clone: 220,
    socket: 198,
    ioctl: 29,
    denied: [
      117, // ptrace
      ...[270, 271, 272], // process_vm_readv, process_vm_writev, kcmp
      ...[217, 218, 219], // add_key, request_key, keyctl
      ...[241, 280, 282], // perf_event_open, bpf, userfaultfd
      ...[40, 39, 41, 51], // mount, umount2, pivot_root, chroot
      ...[97, 268], // unshare, setns
      ...[264, 265, 262], // name_to_handle_at, open_by_handle_at, fanotify_init
      ...[105, 273, 106], // init_module, finit_module, delete_module
      ...[104, 294, 142], // kexec_load, kexec_file_load, reboot
      ...[224, 225, 89, 60], // swapon, swapoff, acct, quotactl
      ...[116, 58, 161, 162], // syslog, vhangup, sethostname, setdomainname
      ...[170, 112, 266, 171], // settimeofday, clock_settime, clock_adjtime, adjtimex
      ...[238, 239], // migrate_pages, move_pages
      ...[42, 18], // nfsservctl, lookup_dcookie
      ...DENIED_EVERYWHERE,
    ],
  },
};

// struct seccomp_data: system call number, architecture, instruction pointer, six 64-bit arguments. Of an argument the
// low half is read, which is all that the kernel itself looks at for those below.
const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const argumentOffset = (index: number) => 16 + 8 * index;

// Results of a filter (linux/seccomp.h) with, for errors, the error number in the low half.
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const error = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** x64's second set of numbers (x32), by which every call could be made past the list. */
const X32_SYSCALL_BIT = 0x40000000;
/** `CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET`. */
const NEW_NAMESPACES = 0x7e020000;
/** Requests that type into a terminal or switch its console: TIOCSTI, TIOCLINUX. */
const TERMINAL_REQUESTS = [0x5412, 0x541c];
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;

export function isFilteredArchitecture(architecture: string): architecture is FilteredArchitecture {
  return Object.hasOwn(TABLES, architecture);
}

/**
 * The filter, as `bwrap --seccomp` reads it. Everything is allowed but a list: tracing, keys, mounts, namespaces, modules, io_uring
 * and other doors into the kernel fail with EPERM; sockets other than unix, internet and routing netlink fail with EAFNOSUPPORT;
 * `clone3` fails with ENOSYS, upon which C libraries fall back to `clone`, whose flags can be checked. A call by another
 * architecture's numbers kills the process.
 */
export function seccompFilter(architecture: FilteredArchitecture): Uint8Array {
  const table = TABLES[architecture];
  const { denied, clone, socket, ioctl } = table;
  const equal = (value: number, then: string): BpfStep => ({ kind: 'jump', when: 'equal', value, then });
  const load = (offset: number): BpfStep => ({ kind: 'load', offset });
  const label = (name: string): BpfStep => ({ kind: 'label', name });
  const result = (value: number): BpfStep => ({ kind: 'return', value });
  return assembleBpf([
    load(ARCHITECTURE_OFFSET),
    { kind: 'jump', when: 'equal', value: table.auditArchitecture, otherwise: 'kill' },
    load(NUMBER_OFFSET),
    { kind: 'jump', when: 'atLeast', value: X32_SYSCALL_BIT, then: 'kill' },
    ...denied.map(number => equal(number, 'deny')),
    equal(CLONE3, 'unknown'),
    equal(clone, 'clone'),
    equal(socket, 'socket'),
    equal(ioctl, 'ioctl'),
    result(ALLOW),

    label('clone'),
    load(argumentOffset(0)),
    { kind: 'jump', when: 'anyBitOf', value: NEW_NAMESPACES, then: 'deny', otherwise: 'allow' },

    label('socket'),
    load(argumentOffset(0)),
    ...[AF_UNIX, AF_INET, AF_INET6].map(family => equal(family, 'allow')),
    { kind: 'jump', when: 'equal', value: AF_NETLINK, otherwise: 'noFamily' },
    load(argumentOffset(2)),
    { kind: 'jump', when: 'equal', value: NETLINK_ROUTE, then: 'allow', otherwise: 'noFamily' },

    label('ioctl'),
    load(argumentOffset(1)),
    ...TERMINAL_REQUESTS.map(request => equal(request, 'deny')),

    label('allow'),
    result(ALLOW),
    label('deny'),
    result(error(EPERM)),
    label('noFamily'),
    result(error(EAFNOSUPPORT)),
    label('unknown'),
    result(error(ENOSYS)),
    label('kill'),
    result(KILL_PROCESS),
  ]);
}
