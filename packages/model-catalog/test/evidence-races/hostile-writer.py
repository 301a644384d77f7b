# A program that changes model files behind the catalog's back, at an exact moment, and puts their mtime back as
# `curl -R`, `wget` and `rsync -t` do. Reads one job a line:
#   {"id", "mode", "path", "target", "bad", "good", "delayMs"} or, in place of "delayMs", "event": {"kind", "path"} and "longestMs"
# `path` is there when it prepares; modes that exchange names change those of `target`, where the file may come to be.
# Prints {"id", "say": "ready"} once everything is open, waits for {"go": id}, and prints {"id", "say": "done"} after
# the last byte. Jobs run at the same time. `bad` and `good` are files with the bytes.
import json, mmap, os, sys, threading, time

printing = threading.Lock()
going = {}


def tell(**what):
    with printing:
        sys.stdout.write(json.dumps(what) + '\n')
        sys.stdout.flush()


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def times_of(path):
    stat = os.stat(path, follow_symlinks=False)
    return (stat.st_atime_ns, stat.st_mtime_ns)


def wait_for(delay_s):
    """Asleep for the most of it, and then busy: exact to some microseconds."""
    end = time.perf_counter() + delay_s
    while True:
        left = end - time.perf_counter()
        if left <= 0:
            return
        if left > 0.002:
            time.sleep(left - 0.001)


def look(event):
    """What changes when the event happens."""
    kind, path = event['kind'], event['path']
    try:
        if kind == 'journal':
            return sum(os.stat(os.path.join(path, name)).st_size for name in os.listdir(path) if name.startswith('journal'))
        if kind == 'name':
            return os.path.lexists(path)
        if kind == 'listing':
            return sorted(os.listdir(path))
        if kind == 'links':
            return os.stat(path, follow_symlinks=False).st_nlink
    except OSError as error:
        return error.errno
    raise ValueError(kind)


def wait_until(event, before, longest_s):
    end = time.perf_counter() + longest_s
    while look(event) == before and time.perf_counter() < end:
        time.sleep(0.0001)


def beside_of(target):
    """A name for other bytes: beside the target, or above its directory while that is not there."""
    directory, name = os.path.split(target)
    while not os.path.isdir(directory):
        directory = os.path.dirname(directory)
    return os.path.join(directory, name + '.hostile')


# Each mode prepares, and returns what does the harm.

def rename_over(target, bad, good, times):
    beside = beside_of(target)
    with open(beside, 'wb') as file:
        file.write(bad)
    os.utime(beside, ns=times)
    return lambda: os.rename(beside, target)


def link_and_write(target, bad, good, times):
    def act():
        other = target + '.hostile'
        os.link(target, other)
        with open(other, 'r+b', buffering=0) as file:
            file.write(bad)
        os.utime(other, ns=times)
    return act


def write_in_place(path, bad, good, times):
    descriptor = os.open(path, os.O_RDWR)

    def act():
        os.pwrite(descriptor, bad, 0)
        os.utime(descriptor, ns=times)
        os.close(descriptor)
    return act


def store_through_mapping(path, bad, good, times):
    descriptor = os.open(path, os.O_RDWR)
    mapping = mmap.mmap(descriptor, len(good))
    # Dirty and writable before anything is verified.
    mapping[:] = good
    os.utime(descriptor, ns=times)

    def act():
        mapping[:] = bad
        os.utime(descriptor, ns=times)
        mapping.close()
        os.close(descriptor)
    return act


def truncate_and_restore(path, bad, good, times):
    descriptor = os.open(path, os.O_RDWR)

    def act():
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, bad, 0)
        os.utime(descriptor, ns=times)
        os.close(descriptor)
    return act


def link_in_place_of_file(target, bad, good, times):
    beside = beside_of(target)
    link = beside + '-link'
    with open(beside, 'wb') as file:
        file.write(bad)
    os.utime(beside, ns=times)
    os.symlink(beside, link)
    return lambda: os.rename(link, target)


def link_in_place_of_parent(target, bad, good, times):
    parent, name = os.path.split(target)
    beside, link = parent + '.hostile', parent + '.hostile-link'
    os.makedirs(beside, exist_ok=True)
    with open(os.path.join(beside, name), 'wb') as file:
        file.write(bad)
    os.utime(os.path.join(beside, name), ns=times)
    os.symlink(beside, link)

    def act():
        os.rename(parent, parent + '.away')
        os.rename(link, parent)
    return act


def exchange_back_and_forth(target, bad, good, times):
    beside, away = beside_of(target), target + '.away'
    with open(beside, 'wb') as file:
        file.write(bad)
    os.utime(beside, ns=times)

    def act():
        # An odd number of exchanges: the last one leaves the bad bytes.
        for turn in range(7):
            os.rename(target, away)
            os.rename(beside, target)
            os.rename(away, beside)
    return act


def rewrite_at_once(path, bad, good, times):
    """In the tick in which the right bytes were written, without a word on times."""
    descriptor = os.open(path, os.O_RDWR)
    os.pwrite(descriptor, good, 0)

    def act():
        os.pwrite(descriptor, bad, 0)
        os.close(descriptor)
    return act


def write_slowly(path, bad, good, times):
    """One call that is stamped when it begins, and whose bytes come from a cold disk, page by page, long after."""
    source = os.open(bad, os.O_RDONLY)
    os.fsync(source)
    os.posix_fadvise(source, 0, 0, os.POSIX_FADV_DONTNEED)
    mapping = mmap.mmap(source, 0, prot=mmap.PROT_READ)
    mapping.madvise(mmap.MADV_RANDOM)
    descriptor = os.open(path, os.O_RDWR)

    def act():
        os.pwrite(descriptor, mapping, 0)
        os.close(descriptor)
        mapping.close()
        os.close(source)
    return act


# With whether it opens the file when it prepares, and so follows it under other names.
MODES = {
    'rename-over': (rename_over, False),
    'link-and-write': (link_and_write, False),
    'write-in-place': (write_in_place, True),
    'mapping': (store_through_mapping, True),
    'truncate-and-restore': (truncate_and_restore, True),
    'link-for-file': (link_in_place_of_file, False),
    'link-for-parent': (link_in_place_of_parent, False),
    'exchange': (exchange_back_and_forth, False),
    'rewrite-at-once': (rewrite_at_once, True),
    'slow-write': (write_slowly, True),
}


def play(job):
    id, path = job['id'], job['path']
    try:
        mode, keeps_inode = MODES[job['mode']]
        bad = job['bad'] if mode is write_slowly else read(job['bad'])
        act = mode(path if keeps_inode else job['target'], bad, read(job['good']), times_of(path))
        event = job.get('event')
        before = look(event) if event else None
        tell(id=id, say='ready')
        going[id].wait()
        if event:
            wait_until(event, before, job['longestMs'] / 1000)
        else:
            wait_for(job['delayMs'] / 1000)
        act()
        tell(id=id, say='done', acted=True)
    except (OSError, ValueError) as error:
        # The file went away before it could be changed: another one has won this race.
        tell(id=id, say='done', acted=False, error=str(error))
    finally:
        del going[id]


for line in sys.stdin:
    job = json.loads(line)
    if 'go' in job:
        # Ended before it was told to go: it could not prepare.
        if job['go'] in going:
            going[job['go']].set()
    else:
        going[job['id']] = threading.Event()
        threading.Thread(target=play, args=(job,), daemon=True).start()
