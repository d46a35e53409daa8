// SPDX-License-Identifier: GPL-2.0
/* /dev/procmon: the calls; uapi/procmon.h says what each does and returns. */
#include "log.h"

#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "compat.h"
#include "device.h"
#include "lane.h"
#include "reader.h"
#include "task.h"

#define DEVICE_HELD_MS 1 /* sleep while an event waits for older ones */

static int device_open(struct inode *inode, struct file *file)
{
	struct reader *reader;

	if (file->f_mode & FMODE_WRITE)
		return -EACCES;
	reader = reader_make();
	if (!reader)
		return -ENOMEM;
	file->private_data = reader;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	reader_free(file->private_data);
	return 0;
}

/* Copies whole events of what is ready, under the reader's lock.  Return: bytes, or why none. */
static ssize_t device_read_ready(struct reader *reader, char __user *to, size_t count)
{
	size_t done = 0;
	int index = 0;

	while (!signal_pending(current)) {
		u64 told = reader->lost_told;

		index = reader_next(reader, min_t(size_t, count - done, U32_MAX));
		if (index == -EPIPE && done)
			reader->lost_told = told; /* next time: first what is here */
		if (index < 0)
			break;
		if (copy_to_user(to + done, reader->buf, reader->buf->len)) {
			index = -EFAULT;
			break;
		}
		done += reader->buf->len;
		reader_advance(reader, index);
		cond_resched();
	}
	if (done)
		return done;
	if (index >= 0)
		return -EINTR;
	return index == -EMSGSIZE ? -EINVAL : index;
}

static ssize_t device_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct reader *reader = file->private_data;
	ssize_t ret;

	for (;;) {
		if (mutex_lock_interruptible(&reader->lock))
			return -EINTR;
		WRITE_ONCE(reader->waits, false);
		ret = device_read_ready(reader, to, count);
		mutex_unlock(&reader->lock);
		if (ret != -EAGAIN && ret != -EBUSY)
			return ret;
		if (data_race(file->f_flags) & O_NONBLOCK) /* fcntl() may change it now */
			return -EAGAIN;
		if (ret == -EBUSY) {
			schedule_timeout_interruptible(msecs_to_jiffies(DEVICE_HELD_MS));
			if (signal_pending(current))
				return -EINTR;
		} else if (wait_event_interruptible(lane_wait, reader_armed_has(reader, 0))) {
			return -ERESTARTSYS;
		}
	}
}

static loff_t device_llseek(struct file *file, loff_t offset, int whence)
{
	struct reader *reader = file->private_data;

	if (offset || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	if (mutex_lock_interruptible(&reader->lock))
		return -EINTR;
	reader_seek(reader, whence == SEEK_SET);
	mutex_unlock(&reader->lock);
	return 0;
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	struct reader *reader = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &lane_wait, table);
	if (reader_armed_has(reader, 0))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (reader_lapped(reader))
		mask |= EPOLLPRI;
	return mask;
}

/* Some of it changes meanwhile, a word at a time. */
static void device_copy_info(struct procmon_info *info)
{
	const u64 *from = (const u64 *)lane_info;
	u64 *to = (u64 *)info;
	size_t i;

	BUILD_BUG_ON(sizeof(*info) % sizeof(*to));
	for (i = 0; i < sizeof(*info) / sizeof(*to); i++)
		to[i] = READ_ONCE(from[i]);
}

static long device_info(void __user *arg)
{
	struct procmon_info info;
	u32 size;

	if (get_user(size, (u32 __user *)arg))
		return -EFAULT;
	if (size < offsetofend(struct procmon_info, abi_minor))
		return -EINVAL;
	lane_tell_hierarchy();
	device_copy_info(&info);
	info.size = min_t(u32, size, sizeof(info));
	return copy_to_user(arg, &info, info.size) ? -EFAULT : 0;
}

/* Takes the positions over.  One that lies in the future means: from now. */
static long device_set_positions(struct reader *reader, const struct procmon_wait *wait)
{
	const u64 __user *from = u64_to_user_ptr(wait->pos);
	long err = 0;
	u32 i;

	if (mutex_lock_interruptible(&reader->lock))
		return -EINTR;
	for (i = 0; i < reader->nr && !err; i++) {
		struct lane *lane = lane_get(i);
		u64 commit = lane ? READ_ONCE(lane->ring.shared->commit) : 0;
		u64 pos = 0;

		if (i < wait->nr_pos && copy_from_user(&pos, from + i, sizeof(pos)))
			err = -EFAULT;
		/* poll() looks without the lock */
		WRITE_ONCE(reader->wait_pos[i], min(pos, commit));
	}
	WRITE_ONCE(reader->waits, !err);
	mutex_unlock(&reader->lock);
	return err;
}

static ktime_t device_timeout(s64 timeout_ns)
{
	return timeout_ns < 0 ? KTIME_MAX : ns_to_ktime(timeout_ns);
}

/* A struct of its first version, or a newer one whose additions are not used. */
static long device_get(void *to, size_t len, const void __user *arg)
{
	u32 size;

	if (get_user(size, (const u32 __user *)arg))
		return -EFAULT;
	if (size < len)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(to, len, arg, size);
}

static long device_task(void __user *arg)
{
	struct procmon_task task;
	long err = device_get(&task, sizeof(task), arg);

	if (!err && task.reserved)
		err = -EINVAL;
	if (!err)
		err = task_tell(&task);
	if (err)
		return err;
	task.size = sizeof(task);
	return copy_to_user(arg, &task, sizeof(task)) ? -EFAULT : 0;
}

static long device_wait(struct reader *reader, void __user *arg)
{
	struct procmon_wait wait;
	long err = device_get(&wait, sizeof(wait), arg);

	if (err)
		return err;
	if (wait.flags || wait.reserved || wait.nr_pos > reader->nr)
		return -EINVAL;
	err = device_set_positions(reader, &wait);
	if (err)
		return err;
	if (!wait.timeout_ns)
		return reader_armed_has(reader, 0) ? 0 : -ETIME;
	err = wait_event_interruptible_hrtimeout(lane_wait, reader_armed_has(reader, 0),
						 device_timeout(wait.timeout_ns));
	if (!err && wait.watermark > 1 && wait.min_wait_us)
		wait_event_interruptible_hrtimeout(lane_wait,
						   reader_armed_has(reader, wait.watermark - 1),
						   ns_to_ktime(wait.min_wait_us * 1000ULL));
	return err == -ERESTARTSYS ? -EINTR : err;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case PROCMON_IOC_INFO:
		return device_info((void __user *)arg);
	case PROCMON_IOC_WAIT:
		return device_wait(file->private_data, (void __user *)arg);
	case PROCMON_IOC_TASK:
		return device_task((void __user *)arg);
	}
	return -ENOTTY;
}

static int device_mmap_page(struct vm_area_struct *vma, unsigned long page, struct page *what)
{
	return remap_pfn_range(vma, vma->vm_start + page * PAGE_SIZE, page_to_pfn(what), PAGE_SIZE,
			       vma->vm_page_prot);
}

static int device_mmap_ring(struct vm_area_struct *vma, u64 offset)
{
	u64 index = offset / lane_info->ring_stride;
	unsigned long page;
	int err = 0;

	if (offset % lane_info->ring_stride || index >= lane_info->nr_rings ||
	    vma->vm_end - vma->vm_start != lane_info->ring_len)
		return -EINVAL;
	if (!lane_get(index))
		return -ENXIO;
	for (page = 0; page < vma_pages(vma) && !err; page++) {
		err = device_mmap_page(vma, page, lane_page(index, page));
		cond_resched(); /* a ring may have 1 GiB */
	}
	return err;
}

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if ((vma->vm_flags & (VM_WRITE | VM_EXEC)) || !(vma->vm_flags & VM_MAYSHARE))
		return -EPERM;
	if (offset >> PAGE_SHIFT != vma->vm_pgoff)
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	if (offset >= lane_info->ring_off)
		return device_mmap_ring(vma, offset - lane_info->ring_off);
	if (offset || vma_pages(vma) != 1)
		return -EINVAL;
	return device_mmap_page(vma, 0, virt_to_page(lane_info));
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.llseek = device_llseek,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = device_mmap,
};

static struct miscdevice device_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "procmon",
	.fops = &device_operations,
	.mode = 0440,
};

/**
 * device_start - make the device
 *
 * Return: 0, or an error with a message.
 */
int device_start(void)
{
	int err = misc_register(&device_misc);

	if (err)
		pr_err(PROCMON_DEVICE " cannot be made: error %d\n", err);
	return err;
}

/**
 * device_stop - remove the device; nobody has it open
 */
void device_stop(void)
{
	misc_deregister(&device_misc);
}
