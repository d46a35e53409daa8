# SPDX-License-Identifier: MIT
# procmon: `make help` says what there is.

# only by default for the running kernel: KDIR= names a tree, which knows its own release
ifdef KDIR
KVER ?= $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
endif
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=
PREFIX ?= /usr/local
MODULE_DIR ?= /lib/modules/$(KVER)/updates
DEPMOD_ROOT = $(if $(DESTDIR),-b $(DESTDIR))
O := $(CURDIR)/build

.PHONY: all module user install uninstall deb rpm demo test test-all-kernels test-quick test-full torture coverage test-containers golden clean help compare bench

all: module user ## the module and the command; KVER=, KDIR=, ARCH=, CROSS_COMPILE=: not for this machine

module: ## the kernel module
	@test -e $(KDIR)/Makefile || { \
		echo "no kernel headers in $(KDIR): install them (Debian, Ubuntu: apt install linux-headers-$(KVER)) or set KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

user: ## libprocmon and the command, in build/userspace
	$(MAKE) -C userspace O=$(O)/userspace

install: all ## install the module, the command, the library and the udev rule; DESTDIR=: elsewhere
	install -D -m 644 procmon.ko $(DESTDIR)$(MODULE_DIR)/procmon.ko
	install -D -m 644 packaging/udev/60-procmon.rules $(DESTDIR)/usr/lib/udev/rules.d/60-procmon.rules
	install -D -m 644 packaging/sysusers/procmon.conf $(DESTDIR)/usr/lib/sysusers.d/procmon.conf
	install -D -m 644 packaging/systemd/procmon-record.service $(DESTDIR)/usr/lib/systemd/system/procmon-record.service
	sed -i 's|/usr/bin/procmon|$(PREFIX)/bin/procmon|' $(DESTDIR)/usr/lib/systemd/system/procmon-record.service
	$(MAKE) -C userspace O=$(O)/userspace DESTDIR=$(DESTDIR) prefix=$(PREFIX) install
	@if [ -e $(DESTDIR)/lib/modules/$(KVER)/modules.builtin ]; then depmod $(DEPMOD_ROOT) $(KVER); fi
	@if [ -z "$(DESTDIR)" ]; then \
		systemd-sysusers procmon.conf 2>/dev/null || groupadd -rf procmon; \
		udevadm control --reload 2>/dev/null || true; \
		ldconfig; \
	fi

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(MODULE_DIR)/procmon.ko $(DESTDIR)/usr/lib/udev/rules.d/60-procmon.rules \
		$(DESTDIR)/usr/lib/sysusers.d/procmon.conf $(DESTDIR)/usr/lib/systemd/system/procmon-record.service
	$(MAKE) -C userspace O=$(O)/userspace DESTDIR=$(DESTDIR) prefix=$(PREFIX) uninstall
	@if [ -e $(DESTDIR)/lib/modules/$(KVER)/modules.builtin ]; then depmod $(DEPMOD_ROOT) $(KVER); fi
	@if [ -z "$(DESTDIR)" ]; then ldconfig; fi

deb: ## Debian packages, in build/deb
	@packaging/deb
	@lintian --allow-root --fail-on error build/deb/*.changes

rpm: ## RPM packages, in build/rpm
	@packaging/rpm/build

demo: ## show live events: in a guest where this machine cannot load the module
	@tests/demo/demo

test: ## everything that is tested before a change lands; KERNEL=NAME: the scenarios on that kernel only
	@$(if $(KERNEL),tests/kernel/all $(KERNEL),tests/run test)

test-all-kernels: ## the scenarios on every kernel of tests/kernels, as a table
	@tests/kernel/all

test-quick: ## the inner loop
	@tests/run quick

test-full: ## the same as test, with the large numbers
	@tests/run full

torture: ## ten minutes of everything at once on each kernel that looks for errors; a table
	@tests/debug/torture

coverage: ## what of the module runs in the tests, by gcov; the report is in build/coverage/html
	@tests/debug/coverage

test-containers: ## podman, docker, containerd, runc, crun, LXC, systemd-nspawn and systemd itself, in a guest
	@tests/containers/run
	@tests/containers/run --legacy

compare: ## what other tools tell of the same awkward processes; writes the tables of docs/comparison.md
	@tests/compare/run --write

bench: ## what seeing a process costs, how late it is told, who loses what; writes docs/bench.md
	@tests/bench/run --write
	@tests/bench/scale --write

golden: ## write the golden files anew, after a change of the ABI or of an output
	@tests/unit/run --golden

clean: ## remove what was built
	rm -rf $(O) kmod/*.o kmod/.*.cmd .*.cmd procmon.o procmon.ko procmon.mod procmon.mod.c procmon.mod.o \
		Module.symvers modules.order .Module.symvers.cmd .modules.order.cmd .tmp_versions

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | column -t -s@
