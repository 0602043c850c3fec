"""Import Parquet files with hats-import: OUTPUT_FOLDER INPUT_FILE...

Run by ``make bench`` in the environment of the peers, with as many workers as the
hub gets threads, and its own way of choosing partitions.
"""

import os
import sys
import tempfile
from pathlib import Path

from dask.distributed import Client
from hats_import.catalog.arguments import ImportArguments
from hats_import.pipeline import pipeline_with_client


def main() -> None:
    output, *inputs = (Path(word) for word in sys.argv[1:])
    with tempfile.TemporaryDirectory(dir=output.parent) as scratch:
        request = ImportArguments(
            output_path=output,
            output_artifact_name="peer",
            input_file_list=inputs,
            file_reader="parquet",
            ra_column="ra",
            dec_column="dec",
            sort_columns="id",
            pixel_threshold=2_500_000,
            tmp_dir=scratch,
            dask_tmp=scratch,
            progress_bar=False,
        )
        workers = len(os.sched_getaffinity(0))
        with Client(
            n_workers=workers, threads_per_worker=1, local_directory=scratch, dashboard_address=None
        ) as client:
            pipeline_with_client(request, client)


if __name__ == "__main__":
    main()
