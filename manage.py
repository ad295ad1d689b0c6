#!/usr/bin/env python
from gtcrowd.cli import main

if __name__ == "__main__":
    main()
