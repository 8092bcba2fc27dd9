#!/bin/sh
# Measures SimSiam Lab and PyTorch on this machine's GPU: sh run.sh [FOLDER FOR THE RESULTS] [SECONDS OF EACH TRAINING RUN]
# Needs Linux on x86-64 with a Vulkan driver; PyTorch is measured where python3 has it.
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/results}
seconds=${2:-240}
mkdir -p "$out"
cd "$here"

unpack() {
  [ -f "$1" ] && return
  if command -v xz >/dev/null; then
    xz -dk "$1.xz"
  else
    python3 -c "import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1] + '.xz'), open(sys.argv[1], 'wb'))" "$1"
  fi
}
unpack node
chmod +x node
unpack app/node_modules/webgpu/dist/linux-x64/dawn.node

# In many containers the driver is installed but not registered with Vulkan.
library=libGLX_nvidia.so.0
if ldconfig -p 2>/dev/null | grep -q $library && ! ls /usr/share/vulkan/icd.d/nvidia* /etc/vulkan/icd.d/nvidia* >/dev/null 2>&1; then
  printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.3.0"}}' $library >"$out/nvidia_icd.json"
  export VK_ICD_FILENAMES="$out/nvidia_icd.json"
fi
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

failed=""
./node app/bench.js --only memory,steps,kernels,methods,scaling --json "$out/bench.json" --markdown "$out/bench.md" || failed="$failed bench"
if python3 -c 'import torch' 2>/dev/null; then
  python3 pytorch/steps.py --json "$out/torch.json" || failed="$failed torch-steps"
  python3 pytorch/knn_curve.py images.bin --seconds "$seconds" --json "$out/knn-torch.json" || failed="$failed torch-knn"
else
  echo "python3 has no torch here: measuring ours alone."
fi
./node app/knnCurve.js images.bin --seconds "$seconds" --json "$out/knn-ours.json" || failed="$failed knn"
./node app/table.js "$out" | tee "$out/table.md"
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
